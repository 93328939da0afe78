/** The files that every tree has: configuration, rules, the modules that make clients, and ambient types. */
import { appTables, tenantTables, typeName } from './words.js'

const rules = {
  files: ['src/**'],
  databases: {
    app: {
      clients: ['@/lib/supabase-client#createServerSupabaseClient', '@/lib/supabase-client#supabase'],
      tables: appTables,
      auth: true,
    },
    tenant: {
      perTenant: true,
      clients: [
        { export: '@/lib/supabase-client#getTenantDatabaseClient', arguments: ['$tenantId'], async: true },
      ],
      tables: ['*'],
    },
  },
  routes: [
    ...['auth', 'users', 'migrations', 'seed-data'].map((name) => ({
      files: `src/app/api/${name}/**`,
      database: 'app',
    })),
    { files: 'src/app/api/**', database: 'tenant' },
  ],
  tenantId: {
    sources: [{ call: 'next-auth#getServerSession', path: 'user.tenantId' }, { parameter: 'tenantId' }],
  },
}

const compilerOptions = {
  target: 'ES2022',
  lib: ['dom', 'dom.iterable', 'esnext'],
  strict: true,
  noEmit: true,
  module: 'esnext',
  moduleResolution: 'bundler',
  isolatedModules: true,
  skipLibCheck: true,
  jsx: 'preserve',
  types: [],
  paths: { '@/*': ['./src/*'] },
}

const client = `import { createClient } from '@supabase/supabase-js'

const url = process.env.NEXT_PUBLIC_SUPABASE_URL!

export const supabase = createClient(url, process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY!)

/** The application's database, with the service key. */
export const createServerSupabaseClient = () => createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY!)

/** The database of one tenant. */
export async function getTenantDatabaseClient(tenantId: string) {
  const { data } = await createServerSupabaseClient().from('tenants').select('data_source_url').eq('id', tenantId).single()
  return createClient(data.data_source_url, data.data_source_service_key)
}
`

const ambient = `declare module '@supabase/supabase-js' {
  interface Query extends PromiseLike<{ data: any; error: { message: string } | null }> {
    [step: string]: any
  }
  export interface SupabaseClient { from(table: string): Query }
  export function createClient(url: string, key: string): SupabaseClient
}
declare module 'next/server' {
  export class NextRequest extends Request {}
  export class NextResponse extends Response {}
}
declare module 'next/cache' { export function revalidatePath(path: string): void }
declare module 'next-auth' {
  export interface Session { user?: { id: string; tenantId?: string } }
  export function getServerSession(options: unknown): Promise<Session | null>
}
declare module 'react' {
  export function useState<T>(initial: T): [T, (next: T | ((previous: T) => T)) => void]
  export function useEffect(effect: () => void, on: unknown[]): void
  export function useMemo<T>(make: () => T, on: unknown[]): T
  export function useCallback<T>(callback: T, on: unknown[]): T
}
declare module 'lucide-react' {
  export const Plus: any, Search: any, Pencil: any, Trash2: any, Calendar: any, ChevronDown: any, Filter: any, Download: any
}
declare const process: { env: Record<string, string | undefined> }
declare namespace JSX {
  interface IntrinsicElements {
    [name: string]: { onChange?: (event: { target: { value: string } }) => void; [attribute: string]: any }
  }
}
`

/** @returns {Record<string, string>} texts by path */
export function projectFiles() {
  return {
    'package.json': `${JSON.stringify({ name: 'bench-tree', private: true }, null, 2)}\n`,
    '.gitignore': 'node_modules/\n.next/\n',
    'rules.json': `${JSON.stringify(rules, null, 2)}\n`,
    'tsconfig.json': `${JSON.stringify({ compilerOptions, include: ['src', 'types'] }, null, 2)}\n`,
    'types/ambient.d.ts': ambient,
    'src/lib/supabase-client.ts': client,
    'src/lib/supabase.ts': `export { createServerSupabaseClient, getTenantDatabaseClient, supabase } from './supabase-client'\n`,
    'src/lib/auth.ts': `export const authOptions = { secret: process.env.NEXTAUTH_SECRET }\n`,
    'src/lib/logger.ts': `export const logger = { error: (text: string, details: unknown) => console.error(text, details) }\n`,
    'src/components/ui/button.tsx': `export function Button(props: { onClick: () => void; disabled?: boolean; children?: unknown }) {\n  return <button {...props} />\n}\n`,
    'src/types/models.ts': tenantTables
      .map((table) => `export interface ${typeName(table)} { id: string; name?: string }\n`)
      .join(''),
  }
}
