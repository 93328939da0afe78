import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A place whose type is asked for: the method's name of a call, as an access fact's range starts. */
export interface TypedPlace {
  /** Absolute path. */
  readonly file: string
  /** In the text without a byte order mark, as the compiler counts. */
  readonly offset: number
}

/**
 * What the compiler calls the values that methods are called on. The compiler is loaded here, so this is asked only
 * when a person wants it (`lint --types`).
 * @param root absolute path above which no configuration is looked for
 * @returns the type's text for each place, in their order; undefined where the compiler has no better word than `any`
 */
export async function receiverTypes(
  root: string,
  places: readonly TypedPlace[],
): Promise<(string | undefined)[]> {
  const { Node, Project } = await import('ts-morph')
  const projects = new Map<string | undefined, InstanceType<typeof Project>>()
  const projectFor = (file: string) => {
    const config = nearestConfig(root, dirname(file))
    let project = projects.get(config)
    if (!project) {
      project = new Project(config ? { tsConfigFilePath: config } : { compilerOptions: { allowJs: true } })
      projects.set(config, project)
    }
    return project
  }
  return places.map(({ file, offset }) => {
    const source = projectFor(file).addSourceFileAtPath(file)
    const access = source.getDescendantAtPos(offset)?.getParent()
    if (!access || !Node.isPropertyAccessExpression(access)) return undefined
    const type = access.getExpression().getType()
    return type.isAny() || type.isUnknown() ? undefined : short(type.getText(access))
  })
}

function nearestConfig(root: string, from: string): string | undefined {
  for (let folder = from; folder.startsWith(root); folder = dirname(folder)) {
    const file = join(folder, 'tsconfig.json')
    if (existsSync(file)) return file
    if (folder === root) break
  }
  return undefined
}

function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
