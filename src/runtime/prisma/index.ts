/** `tenantize/runtime/prisma`. */
export {}
