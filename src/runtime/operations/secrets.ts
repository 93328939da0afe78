/** @returns what must not be seen of a URL: its password, as it is written and as it is meant */
export function passwordsIn(url: string): string[] {
  if (!URL.canParse(url)) return [url]
  const { password } = new URL(url)
  if (password === '') return []
  try {
    return [...new Set([password, decodeURIComponent(password)])]
  } catch {
    return [password]
  }
}
