import type { Module } from '../../repo/module.ts'
import { type Binding, isFunction, keyName, memberName, type Node, unwrap, walk } from '../../repo/node.ts'
import { callersOf, exportedUses } from '../callers.ts'
import { resultOf, returnedExpressions } from '../calls.ts'
import { evaluate, objectEntry } from '../evaluate.ts'
import type { Place, Program } from '../program.ts'
import { sentInput } from '../requests.ts'
import { alternatives, awaited, union, type Value } from '../values.ts'
import { modulesWith } from './carriers.ts'
import { packageRoot } from './library.ts'

/** A library whose chains of calls hand a context to functions: `base.use(middleware).query(fn)`. */
interface ProcedureLibrary {
  readonly packages: RegExp
  /** Methods that get such a function. */
  readonly handing: ReadonlySet<string>
  /** The member of what is handed over that is the context, and of what middlewares pass to `next`. */
  readonly context: string
  /** Members that whoever calls the procedure sends. */
  readonly sent: readonly string[]
  /** Methods whose function's own result is the context of what follows. */
  readonly making?: ReadonlySet<string>
}

const libraries: readonly ProcedureLibrary[] = [
  {
    packages: /^@trpc\/server$/,
    handing: new Set(['query', 'mutation', 'subscription', 'use', 'middleware', 'experimental_caller']),
    context: 'ctx',
    sent: ['input', 'rawInput'],
  },
  {
    packages: /^next-safe-action$/,
    handing: new Set(['action', 'stateAction', 'use', 'useValidated']),
    context: 'ctx',
    sent: ['parsedInput', 'clientInput', 'bindArgsParsedInputs', 'bindArgsClientInputs'],
  },
  {
    packages: /^zsa$/,
    handing: new Set(['handler']),
    context: 'ctx',
    sent: ['input'],
    making: new Set(['handler']),
  },
  {
    packages: /^@orpc\/(?:server|contract)$/,
    handing: new Set(['handler', 'use', 'middleware']),
    context: 'context',
    sent: ['input'],
  },
]

/**
 * What a procedure hands to a function: `{ ctx, input, … }`. The context is what the router is made with, and what
 * every middleware of the chain passes to `next({ ctx })`, the last one first.
 * @param call `procedure.use(…).query(fn)`
 * @returns undefined when the chain is none of a known library
 */
export function procedureArgument(
  program: Program,
  module: Module,
  call: Node,
  index: number,
): Value | undefined {
  const callee = unwrap(call.callee)
  const root = packageRoot(program, module, callee)
  const library = root && libraries.find((item) => item.packages.test(root.module))
  if (!library) return undefined
  const input = sentInput(module, call)
  if (callee.type !== 'MemberExpression')
    // `action(schema, async (input, ctx) => …)` of next-safe-action before its version 7
    return root.name === 'createSafeActionClient' && index < 2
      ? index === 0
        ? input
        : contextOf(program, { module, node: callee }, 0, library)
      : undefined
  if (index !== 0 || !library.handing.has(memberName(callee) ?? '')) return undefined
  return {
    kind: 'shape',
    leaves: [
      { path: [library.context], value: contextOf(program, { module, node: callee.object }, 0, library) },
      ...library.sent.map((name) => ({ path: [name], value: input })),
    ],
    label: 'what the procedure hands over',
  }
}

/** The context of a procedure, or of the builder that procedures are made with. */
function contextOf(
  program: Program,
  { module, node }: Place,
  depth: number,
  library: ProcedureLibrary,
): Value {
  const layers: Value[] = []
  const unknown: Value = {
    kind: 'unknown',
    reason: 'what the procedure is made with can not be followed',
    module,
    node,
  }
  if (depth > 12) return unknown
  const then = (next: Place) => {
    const rest = contextOf(program, next, depth + 1, library)
    return layers.length > 0 ? ({ kind: 'layers', of: [...layers, rest] } as Value) : rest
  }
  let at = unwrap(node)
  for (;;) {
    if (at.type === 'AwaitExpression') at = unwrap(at.argument)
    else if (at.type === 'MemberExpression') at = unwrap(at.object)
    else if (at.type === 'CallExpression') {
      const callee = unwrap(at.callee)
      if (callee.type !== 'MemberExpression') break
      const name = memberName(callee)
      const [given] = at.arguments as Node[]
      if ((name === 'use' || name === 'useValidated') && given)
        layers.push(addedBy(program, { module, node: given }, depth, library))
      else if (name === 'concat' && given)
        layers.push(contextOf(program, { module, node: given }, depth + 1, library))
      else if (name !== undefined && library.making?.has(name) && given)
        layers.push(madeBy(program, { module, node: given }))
      else if (name === 'context') {
        const made = madeFor(program, module, at)
        if (made) return { kind: 'layers', of: [...layers, made] }
      }
      at = unwrap(callee.object)
    } else break
  }
  if (at.type === 'CallExpression') {
    const options = at.arguments[0] && unwrap(at.arguments[0])
    const middleware =
      options?.type === 'ObjectExpression' ? objectEntry(options, 'middleware').entry : undefined
    // `createSafeActionClient({ middleware: async () => ({ … }) })`: its result is the context.
    if (middleware && /^createSafeActionClient$/.test(unwrap(at.callee).name ?? ''))
      return { kind: 'layers', of: [...layers, madeBy(program, { module, node: middleware.value })] }
    // `createProcedure()` of the program
    for (const value of alternatives(evaluate(program, module, at.callee)))
      if (value.kind === 'function')
        for (const result of returnedExpressions(value.node))
          return then({ module: value.module, node: result })
    return then({ module, node: at.callee })
  }
  if (at.type !== 'Identifier' || !at.binding) return unknown
  const handed = at.binding.kind === 'parameter' ? handedBases(program, module, at.binding) : []
  if (handed.length > 0) return union(handed.map((base) => then(base)))
  const declared = program.declaredOf(module, at)
  const binding: Binding | undefined =
    declared?.kind === 'local' ? declared.node.binding : declared ? undefined : at.binding
  const init = binding?.declaration.type === 'VariableDeclarator' ? binding.declaration.init : undefined
  if (init) return then({ module: declared?.kind === 'local' ? declared.module : module, node: init })
  return layers.length > 0 ? { kind: 'layers', of: layers } : unknown
}

/** The procedures that the callers of a function hand to it: `const list = (base) => base.query(…)`. */
function handedBases(program: Program, module: Module, binding: Binding): Place[] {
  const index = (binding.declaration.params as Node[]).indexOf(binding.id)
  const { calls } = callersOf(program, module, binding.declaration)
  return calls.flatMap((call): Place[] => {
    const argument: Node | undefined = index < 0 ? undefined : call.node.arguments[index]
    return argument && argument.type !== 'SpreadElement' ? [{ module: call.module, node: argument }] : []
  })
}

/** What a function gives, whose result is the context. */
function madeBy(program: Program, { module, node }: Place): Value {
  return awaited(
    union(
      alternatives(evaluate(program, module, node)).flatMap((value) =>
        value.kind === 'function' ? [resultOf(program, value)] : [],
      ),
    ),
  )
}

/** What a middleware adds to the context: the `ctx` that it hands to `next`. */
function addedBy(program: Program, given: Place, depth: number, library: ProcedureLibrary): Value {
  const fn = middlewareOf(program, given, depth)
  if (!fn) return { kind: 'layers', of: [] }
  const added = nextContexts(program, fn, 0, library)
  if (added.length === 1) return added[0]!
  return { kind: 'layers', of: added }
}

/** The function of `use(async ({ ctx, next }) => …)` and of `t.middleware(…)`. */
function middlewareOf(program: Program, { module, node }: Place, depth: number): Place | undefined {
  const at = unwrap(node)
  if (isFunction(at)) return { module, node: at }
  if (at.type === 'CallExpression') {
    const callee = unwrap(at.callee)
    if (callee.type === 'MemberExpression' && at.arguments[0]) {
      const name = memberName(callee)
      if (name === 'middleware') return middlewareOf(program, { module, node: at.arguments[0] }, depth + 1)
    }
    for (const value of alternatives(evaluate(program, module, callee)))
      if (value.kind === 'function')
        for (const result of returnedExpressions(value.node))
          return middlewareOf(program, { module: value.module, node: result }, depth + 1)
    return undefined
  }
  if (at.type !== 'Identifier' || !at.binding || depth > 12) return undefined
  const declared = program.declaredOf(module, at)
  const home = declared?.kind === 'local' ? declared.module : module
  const binding: Binding | undefined =
    declared?.kind === 'local' ? declared.node.binding : declared ? undefined : at.binding
  const declaration = binding?.declaration
  if (!declaration) return undefined
  if (isFunction(declaration)) return { module: home, node: declaration }
  return declaration.init
    ? middlewareOf(program, { module: home, node: declaration.init }, depth + 1)
    : undefined
}

/** The values of `ctx` in the calls of `next` below a function, also where `next` is handed on to another one. */
function nextContexts(
  program: Program,
  { module, node: fn }: Place,
  depth: number,
  library: ProcedureLibrary,
): Value[] {
  const found: Value[] = []
  if (depth > 3) return found
  walk(fn.body, (node) => {
    if (node.type !== 'CallExpression') return undefined
    const callee = unwrap(node.callee)
    const name = callee.type === 'MemberExpression' ? memberName(callee) : callee.name
    const [first] = node.arguments as Node[]
    const options = first && unwrap(first)
    if (name === 'next') {
      if (options?.type !== 'ObjectExpression') return undefined
      const { entry } = objectEntry(options, library.context)
      if (entry) found.push(evaluate(program, module, entry.value))
      return undefined
    }
    const handsOn = (node.arguments as Node[]).some((argument) => {
      const at = unwrap(argument)
      if (at.type === 'ObjectExpression')
        return at.properties.some((entry: Node) => entry.type === 'Property' && keyName(entry) === 'next')
      return (
        at.type === 'Identifier' && (at.name === 'next' || fn.params[0]?.binding === at.binding) && at.binding
      )
    })
    if (handsOn)
      for (const value of alternatives(evaluate(program, module, callee)))
        if (value.kind === 'function')
          found.push(...nextContexts(program, { module: value.module, node: value.node }, depth + 1, library))
    return undefined
  })
  return found
}

/**
 * What the router's context is made by: `initTRPC.context<typeof createContext>()`, `…<Awaited<ReturnType<typeof f>>>`,
 * or a type that a function beside it is declared to return.
 */
function madeFor(program: Program, module: Module, call: Node): Value | undefined {
  const type: Node | undefined = call.typeArguments?.params[0]
  if (!type) return undefined
  const found = makersOf(program, { module, node: type }, 0)
  const makers = found.length > 0 ? found : handedToAdapters(program)
  const made = makers.flatMap((maker) =>
    alternatives(maker).flatMap((value) =>
      value.kind === 'function' ? [awaited(resultOf(program, value))] : [],
    ),
  )
  return made.length > 0 ? { kind: 'layers', of: made } : undefined
}

/** The functions that the program hands to tRPC's adapters: `fetchRequestHandler({ createContext })`. */
function handedToAdapters(program: Program): Value[] {
  return modulesWith(program, (text) => text.includes('createContext')).flatMap((module) => {
    const found: Value[] = []
    walk(module.program, (node) => {
      if (
        node.type === 'Property' &&
        node.parent.type === 'ObjectExpression' &&
        keyName(node) === 'createContext'
      )
        found.push(evaluate(program, module, node.value))
      return undefined
    })
    return found
  })
}

/** The functions that a context's type speaks of. */
function makersOf(program: Program, { module, node: type }: Place, depth: number): Value[] {
  if (depth > 6) return []
  if (type.type === 'TSTypeQuery') return [evaluate(program, module, type.exprName)]
  if (type.type === 'TSIntersectionType' || type.type === 'TSUnionType')
    return type.types.flatMap((item: Node) => makersOf(program, { module, node: item }, depth + 1))
  if (type.type !== 'TSTypeReference') return []
  const given = (type.typeArguments?.params ?? []) as Node[]
  if (given.length > 0 && given.some((item) => /TSTypeQuery|TSTypeReference/.test(item.type)))
    return given.flatMap((item) => makersOf(program, { module, node: item }, depth + 1))
  const binding: Binding | undefined = type.typeName.binding
  if (!binding) return []
  const declared =
    binding.kind === 'import'
      ? program.names.ofImport(module, binding)
      : { kind: 'local' as const, module, node: binding.id }
  if (declared.kind !== 'local') return []
  const declaration = declared.node.binding?.declaration
  if (declaration?.type === 'TSTypeAliasDeclaration') {
    const found = makersOf(program, { module: declared.module, node: declaration.typeAnnotation }, depth + 1)
    if (found.length > 0) return found
  }
  return returning(program, declared.module, declared.node.name)
}

/** Functions that are declared to return a type, in its file and in those that import it. */
function returning(program: Program, module: Module, name: string): Value[] {
  const modules = new Set([module, ...exportedUses(program, module, name).map((use) => use.module)])
  return [...modules].flatMap((home) => {
    const found: Value[] = []
    walk(home.program, (node) => {
      if (!isFunction(node) || !node.returnType) return undefined
      let type = node.returnType.typeAnnotation
      if (type.type === 'TSTypeReference' && type.typeName.name === 'Promise')
        type = type.typeArguments?.params[0] ?? type
      if (type.type === 'TSTypeReference' && type.typeName.name === name)
        found.push({ kind: 'function', node, module: home })
      return undefined
    })
    return found
  })
}
