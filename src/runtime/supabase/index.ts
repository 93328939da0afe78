/** `tenantize/runtime/supabase`. */
export {}
