// The plain rewrite on ts-morph: the same files, the same swap, syntax only and nothing saved.
import { Node, Project } from 'ts-morph'

const skipped = /\/app\/api\/(auth|users|migrations|seed-data)\//
const project = new Project({
  compilerOptions: { jsx: 1, allowJs: true },
  skipFileDependencyResolution: true,
})
const files = project.addSourceFilesAtPaths([`${process.argv[2]}/src/**/*.{ts,tsx}`])
let rewritten = 0
for (const file of files) {
  if (!file.getFullText().includes('createServerSupabaseClient') || skipped.test(file.getFilePath())) continue
  const imported = file
    .getImportDeclarations()
    .flatMap((declaration) => declaration.getNamedImports())
    .filter((specifier) => specifier.getName() === 'createServerSupabaseClient')
  if (imported.length === 0) continue
  const calls = []
  file.forEachDescendant((node) => {
    if (Node.isCallExpression(node) && node.getExpression().getText() === 'createServerSupabaseClient')
      calls.push(node)
  })
  for (const call of calls.reverse())
    call.replaceWithText('await getTenantDatabaseClient(session.user.tenantId)')
  for (const specifier of imported) specifier.setName('getTenantDatabaseClient')
  rewritten += calls.length
  file.getFullText()
}
console.log(JSON.stringify({ read: files.length, rewritten }))
