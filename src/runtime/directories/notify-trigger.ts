import { allTenants, defaultChannel } from './listen.ts'
import { qualified, quoted } from './sql-names.ts'

export interface NotifyTriggerOptions {
  /** `tenants`; with a schema, `public.tenants`. */
  readonly table?: string
  /** The column with the tenant's id. `id`. */
  readonly column?: string
  readonly channel?: string
}

/**
 * @returns SQL for a migration of the application database: every insert, update and delete of a tenant is told, when
 * it is committed, to whoever listens. Running it again does no harm.
 */
export function notifyTriggerSql(options: NotifyTriggerOptions = {}): string {
  const { table = 'tenants', column = 'id', channel = defaultChannel } = options
  const on = qualified(table)
  const name = quoted(`${table.split('.').at(-1)}_tell`)
  const id = quoted(column)
  const tell = (what: string) => `PERFORM pg_notify(${literal(channel)}, ${what});`
  return `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $tell$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    ${tell(literal(allTenants))}
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    ${tell(`OLD.${id}::text`)}
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.${id} IS DISTINCT FROM OLD.${id}) THEN
    ${tell(`NEW.${id}::text`)}
  END IF;
  RETURN NULL;
END
$tell$;
DROP TRIGGER IF EXISTS ${name} ON ${on};
CREATE TRIGGER ${name} AFTER INSERT OR UPDATE OR DELETE ON ${on} FOR EACH ROW EXECUTE FUNCTION ${name}();
DROP TRIGGER IF EXISTS ${quoted(`${table.split('.').at(-1)}_tell_all`)} ON ${on};
CREATE TRIGGER ${quoted(`${table.split('.').at(-1)}_tell_all`)} AFTER TRUNCATE ON ${on} FOR EACH STATEMENT EXECUTE FUNCTION ${name}();
`
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
