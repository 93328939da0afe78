/** A name as SQL takes it, whatever is in it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A table's name, with a schema or without: `public.tenants`. */
export const qualified = (table: string): string => table.split('.').map(quoted).join('.')
