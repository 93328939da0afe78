/** `tenantize/runtime/convex`. */
export {}
