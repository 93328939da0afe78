// The plain rewrite as people write it with jscodeshift: swap the import and the call, make no further checks.
const skipped = /[\\/]app[\\/]api[\\/](auth|users|migrations|seed-data)[\\/]/

module.exports = function transform(file, { jscodeshift: j, stats }) {
  if (!file.source.includes('createServerSupabaseClient') || skipped.test(file.path)) return undefined
  const root = j(file.source)
  const imported = root.find(j.ImportSpecifier, { imported: { name: 'createServerSupabaseClient' } })
  if (imported.size() === 0) return undefined
  imported.replaceWith(() => j.importSpecifier(j.identifier('getTenantDatabaseClient')))
  const calls = root.find(j.CallExpression, {
    callee: { type: 'Identifier', name: 'createServerSupabaseClient' },
  })
  calls.replaceWith(() => {
    stats('rewritten calls')
    const user = j.memberExpression(j.identifier('session'), j.identifier('user'))
    const tenant = j.memberExpression(user, j.identifier('tenantId'))
    return j.awaitExpression(j.callExpression(j.identifier('getTenantDatabaseClient'), [tenant]))
  })
  return root.toSource()
}
