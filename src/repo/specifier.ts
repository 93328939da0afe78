/**
 * Specifiers that name a package of npm for runtimes that import by address. What follows the name's version (`@2.45.0`,
 * `@^2&target=deno`) says nothing of which package it is.
 *
 * Formats: https://docs.deno.com/runtime/fundamentals/modules/ (`npm:`, `jsr:`), https://esm.sh/#docs,
 * https://www.jsdelivr.com/esm, https://unpkg.com, https://www.skypack.dev.
 */
const addresses =
  /^(?:(?:npm|jsr):\/?|https?:\/\/(?:esm\.sh\/(?:v\d+\/|stable\/)?\*?|esm\.run\/|cdn\.skypack\.dev\/(?:pin\/)?|cdn\.jsdelivr\.net\/npm\/|unpkg\.com\/))((?:@[\w.-]+\/)?[\w.-]+)(?:@[^/?]*)?(\/[^?]*)?/

/**
 * The specifier of a package as Node would write it: `npm:@supabase/supabase-js@2` is `@supabase/supabase-js`.
 * @returns the specifier itself where it is no such address
 */
export function packageSpecifier(specifier: string): string {
  const first = specifier.charCodeAt(0)
  // `n`, `j`, `h`: all others are the most frequent by far.
  if (first !== 110 && first !== 106 && first !== 104) return specifier
  const match = addresses.exec(specifier)
  if (!match) return specifier
  const path = match[2]?.replace(/\/(?:\+esm)?$/, '') ?? ''
  return match[1]! + path
}
