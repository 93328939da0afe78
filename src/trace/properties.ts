import { inSubclasses, instanceMember, staticMember } from './class-members.ts'
import { clientOfInstance } from './constructed.ts'
import { carried } from './contexts/carriers.ts'
import { layered } from './contexts/layers.ts'
import { objectMember } from './object-members.ts'
import type { Place, Program } from './program.ts'
import { alternatives, type Frame, union, type Value } from './values.ts'

/** What a named member of a value is. */
export function property(
  program: Program,
  object: Value,
  name: string,
  place: Place,
  frame: Frame | undefined,
): Value {
  const unknown = (reason: string): Value => ({ kind: 'unknown', reason, ...place })
  switch (object.kind) {
    case 'union': {
      // Alternatives without this member (a Response beside a context) can't be the one that is read.
      const found = alternatives(object).map((item) => property(program, item, name, place, frame))
      const useful = found.filter((item) => !(item.kind === 'unknown' && item.reason.startsWith('no member')))
      return union(useful.length > 0 ? useful : found)
    }
    case 'object':
      return objectMember(program, object, name, place, frame)
    case 'shape': {
      const leaves = object.leaves
        .filter((leaf) => leaf.path[0] === name)
        .map((leaf) => ({ path: leaf.path.slice(1), value: leaf.value }))
      const here = leaves.filter((leaf) => leaf.path.length === 0).map((leaf) => leaf.value)
      const below = leaves.filter((leaf) => leaf.path.length > 0)
      const other =
        object.otherwise && here.length === 0
          ? property(program, object.otherwise, name, place, frame)
          : undefined
      if (here.length + below.length === 0) return other ?? unknown(`\`${name}\` of ${object.label}`)
      const rest: Value[] =
        below.length > 0
          ? [
              {
                kind: 'shape',
                leaves: below,
                label: `${object.label}.${name}`,
                ...(other ? { otherwise: other } : {}),
              },
            ]
          : []
      return union([...here, ...rest])
    }
    case 'layers':
      return layered(program, object.of, name, place)
    case 'carrier':
      return carried(program, object, name, place)
    case 'namespace':
      return program.exportValue(object.file, name, place)
    case 'map':
      return { kind: 'external', module: 'map', path: [name] }
    case 'external':
      if (object.module === 'instance') return unknown(`no member \`${name}\` in a ${object.path.join('.')}`)
      if (object.path.length === 0) return program.externalMember(object.module, name, place)
      return { kind: 'external', module: object.module, path: [...object.path, name] }
    case 'entry':
      return program.entryMember(object, name, place)
    case 'instance':
      return (
        instanceMember(program, object, name, place, frame) ??
        inSubclasses(program, object, name, place, frame) ??
        methodOfBase(program, object, name) ??
        unknown(`no member \`${name}\` in class ${object.node.id?.name ?? ''}`)
      )
    case 'class':
      return (
        staticMember(program, object, name) ??
        unknown(`no static member \`${name}\` in class ${object.node.id?.name ?? ''}`)
      )
    case 'array':
      return /^\d+$/.test(name)
        ? (object.items[Number(name)] ?? unknown('no such element'))
        : { kind: 'external', module: 'array', path: [name] }
    case 'enum':
      return object.members.get(name) ?? unknown(`no member \`${name}\` in the enum`)
    case 'made':
      return { ...object, path: [...object.path, name] }
    case 'client':
      return { kind: 'method', client: object, name }
    case 'method':
      return { ...object, name: `${object.name}.${name}` }
    case 'promise':
      return name === 'then'
        ? unknown('a promise that is chained')
        : unknown(`\`${name}\` of a promise that is not awaited`)
    case 'unknown':
      return object
    case 'literal':
      // Reading a member of nothing throws: the program never goes on with it.
      return object.value === null || object.value === undefined
        ? unknown(`no member \`${name}\` in nothing`)
        : unknown(`\`${name}\` of a value that has no members`)
    default:
      return unknown(`\`${name}\` of a value that has no members`)
  }
}

/** A method of the library's client that the class of an instance extends. */
function methodOfBase(
  program: Program,
  object: Extract<Value, { kind: 'instance' }>,
  name: string,
): Value | undefined {
  const clients = clientOfInstance(program, object)
  return clients.length > 0
    ? union(clients.map((client): Value => ({ kind: 'method', client, name })))
    : undefined
}
