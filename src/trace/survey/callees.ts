import type { Module } from '../../repo/module.ts'
import { memberName, type Node, unwrap, walk } from '../../repo/node.ts'
import type { Declared } from '../names.ts'
import type { Program } from '../program.ts'
import type { Namer } from './namer.ts'

/** A function that other files can name. */
export interface CalleeFact {
  /** `module#export`. */
  readonly label: string
  readonly name: string
  readonly isLocal: boolean
  /** The sign-in library's function that it is, or that it calls on the way: why what it says can be trusted. */
  readonly session?: string
}

/** Functions of sign-in libraries that say who is asking, by package and export. */
const sessionFunctions: Readonly<Record<string, readonly string[]>> = {
  'next-auth': ['getServerSession', 'unstable_getServerSession', 'getSession', 'getToken', 'default'],
  '@clerk/nextjs': ['auth', 'currentUser', 'getAuth'],
  '@clerk/express': ['getAuth'],
  '@clerk/remix': ['getAuth'],
  '@clerk/backend': ['verifyToken'],
  '@auth0/nextjs-auth0': ['getSession', 'Auth0Client'],
  '@workos-inc/authkit-nextjs': ['withAuth', 'getUser'],
  '@kinde-oss/kinde-auth-nextjs': ['getKindeServerSession'],
  '@stackframe/stack': ['StackServerApp'],
  '@logto/next': ['getLogtoContext'],
  '@supabase/auth-helpers-nextjs': ['getUser'],
  'better-auth': ['betterAuth'],
  lucia: ['Lucia'],
  'iron-session': ['getIronSession'],
  jose: ['jwtVerify', 'jwtDecrypt'],
  jsonwebtoken: ['verify'],
}

/** Methods of client objects that say who is asking, by the member they are called on. */
const sessionMethods = new Set([
  'auth.getUser',
  'auth.getSession',
  'auth.getClaims',
  'api.getSession',
  'auth.validateRequest',
  'jwt.verify',
])

/** What a callee names, when it is a name that other files can import; undefined for methods and local functions. */
export function calleeFact(
  program: Program,
  namer: Namer,
  module: Module,
  callee: Node,
): CalleeFact | undefined {
  const declared = program.declaredOf(module, callee)
  const label = declared && namer.label(declared)
  if (!declared || label === undefined) return undefined
  const session = sessionOf(program, declared)
  return {
    label,
    name: label.slice(label.lastIndexOf('#') + 1),
    isLocal: declared.kind === 'local',
    ...(session ? { session } : {}),
  }
}

/** Whether a method, by its last two names, asks a sign-in service. */
export function isSessionMethod(method: string): boolean {
  return sessionMethods.has(method)
}

const memo = new WeakMap<Node, string | false>()

/** The sign-in function that a declaration is, or that its code leads to. */
function sessionOf(program: Program, declared: Declared, depth = 0): string | undefined {
  if (declared.kind === 'external') return sessionFunction(declared.module, declared.name)
  if (declared.kind !== 'local' || depth > 5) return undefined
  const root = declared.node.binding?.declaration ?? declared.node
  const known = memo.get(root)
  if (known !== undefined) return known || undefined
  memo.set(root, false)
  let found: string | undefined
  walk(root, (node) => {
    if (found !== undefined) return false
    if (
      node.type !== 'CallExpression' &&
      node.type !== 'NewExpression' &&
      !(node.type === 'Identifier' && node.binding)
    )
      return true
    if (node.type === 'CallExpression') {
      const callee = unwrap(node.callee)
      if (callee.type === 'MemberExpression') {
        const object = unwrap(callee.object)
        const holder = object.type === 'MemberExpression' ? memberName(object) : object.name
        const method = `${holder}.${memberName(callee)}`
        if (isSessionMethod(method)) found = method
      }
    }
    const named = program.declaredOf(declared.module, node.type === 'Identifier' ? node : node.callee)
    if (named && !(named.kind === 'local' && named.node === declared.node))
      found ??= sessionOf(program, named, depth + 1)
    return true
  })
  memo.set(root, found ?? false)
  return found
}

function sessionFunction(module: string, name: string): string | undefined {
  const owner = Object.keys(sessionFunctions).find((item) => module === item || module.startsWith(`${item}/`))
  // What runs in the browser is no witness for the server.
  if (!owner || module.startsWith('next-auth/react')) return undefined
  return sessionFunctions[owner]!.includes(name) ? `${module}#${name}` : undefined
}
