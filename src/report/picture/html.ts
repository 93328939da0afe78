import type { ReportResult } from './result.ts'

/** The program and the style of the page, as they were built. */
export interface PageAssets {
  readonly script: string
  readonly style: string
}

/**
 * One file that opens without a network: the data, the program that draws it, its style. A policy in the page itself
 * forbids it to load anything.
 */
export function html(result: ReportResult, { script, style }: PageAssets): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${text(result.name)} · where its data goes · tenantize</title>
<style>${style.replaceAll('</style', '<\\/style')}</style>
</head>
<body>
<div id="app"><noscript>This page needs JavaScript to draw its ${result.summary.accesses} accesses.</noscript></div>
<script type="application/json" id="data">${json(result)}</script>
<script>${script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`
}

function text(value: string): string {
  return value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** JSON that no text in it can end the element of. */
function json(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}
