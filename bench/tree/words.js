/** Tables of the reference system and the words that fill its files. */

export const tenantTables = [
  'accounts',
  'contacts',
  'leads',
  'opportunities',
  'events',
  'invoices',
  'invoice_line_items',
  'payments',
  'quotes',
  'quote_line_items',
  'contracts',
  'tasks',
  'locations',
  'staff_roles',
  'event_staff',
  'equipment',
  'equipment_items',
  'booths',
  'attachments',
  'communications',
  'notes',
  'templates',
  'event_types',
  'event_categories',
  'event_dates',
  'design_items',
  'packages',
  'add_ons',
  'booth_assignments',
  'tags',
]

export const appTables = ['tenants', 'users', 'audit_log']

export const fields = [
  'name',
  'status',
  'email',
  'phone',
  'city',
  'state',
  'postal_code',
  'country',
  'description',
  'due_date',
  'start_date',
  'end_date',
  'total_amount',
  'currency',
  'assigned_to',
  'priority',
  'source',
  'industry',
  'website',
  'internal_reference',
  'billing_address',
  'created_at',
  'updated_at',
  'probability',
]

export const icons = ['Plus', 'Search', 'Pencil', 'Trash2', 'Calendar', 'ChevronDown', 'Filter', 'Download']

/** `invoice_line_items` → `InvoiceLineItem`. */
export function typeName(table) {
  const singular = table.endsWith('ies') ? `${table.slice(0, -3)}y` : table.replace(/s$/, '')
  return singular
    .split('_')
    .map((word) => word[0].toUpperCase() + word.slice(1))
    .join('')
}

/** `invoice_line_items` → `invoice line items`. */
export const phrase = (table) => table.replaceAll('_', ' ')

export const folderName = (table) => table.replaceAll('_', '-')
