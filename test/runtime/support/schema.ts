/** The tables of the test databases, after system 1: the directory of tenants, and what belongs to a tenant. */

/** `status` and `updated_at` are what a directory adds to system 1's columns. `accounts` is what was left behind. */
export const applicationSchema = `
  CREATE TABLE tenants (
    id text PRIMARY KEY,
    status text NOT NULL DEFAULT 'active',
    data_source_url text,
    data_source_anon_key text,
    data_source_service_key text,
    data_source_region text,
    connection_pool_config jsonb DEFAULT '{"min":2,"max":10}',
    tenant_id_in_data_source text,
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  ${accounts('application')}`

/** @param owner written into every row, so that a row says which database it came from */
export function tenantSchema(owner: string): string {
  return `
    CREATE TABLE tenant_marker (tenant_id text PRIMARY KEY);
    INSERT INTO tenant_marker VALUES ('${owner}');
    ${accounts(owner)}`
}

function accounts(owner: string): string {
  return `
    CREATE TABLE accounts (id int PRIMARY KEY, name text NOT NULL, owner text NOT NULL);
    INSERT INTO accounts SELECT id, 'Account ' || id, '${owner}' FROM generate_series(1, 50) AS id;`
}
