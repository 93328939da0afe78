/** `tenantize/runtime/drizzle`. */
export {}
