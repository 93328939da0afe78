/** `tenantize/runtime/react`. */
export {}
