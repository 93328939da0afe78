/** `tenantize/runtime/pg`. */
export {}
