/** What a program needs to run at all. Nothing here is a secret of the application's. */
const harmless = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'NO_COLOR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SYSTEMROOT',
  'COMSPEC',
  'PATHEXT',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
  'CHECKPOINT_DISABLE',
]

/**
 * The environment of a migration of one tenant: what any program needs, what is passed by name, and the tenant's
 * database under every name that the tool may look for it. The application's own variables are not in it: a tool that
 * finds one would migrate the wrong database.
 * @param variables the names that the tool's configuration reads its URL from
 * @param pass names of further variables that the command needs
 */
export function childEnvironment(
  url: string,
  variables: readonly string[],
  pass: readonly string[] = [],
  own: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const name of [...harmless, ...pass]) {
    const value = own[name] ?? own[name.toLowerCase()]
    if (value !== undefined) environment[name] = value
  }
  for (const name of variables) environment[name] = url
  return { ...environment, ...libpq(url) }
}

/** What `psql`, `pg_restore` and every other client of libpq read, so that no command needs the URL as a word. */
function libpq(text: string): Record<string, string> {
  const url = new URL(text)
  const given: Record<string, string | null> = {
    PGHOST: decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1'),
    PGPORT: url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
    PGSSLMODE: url.searchParams.get('sslmode'),
    PGSSLROOTCERT: url.searchParams.get('sslrootcert'),
  }
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ''),
  )
}
