/** How text fills the columns of a terminal. */

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The blocks that Unicode's East Asian Width (UAX #11) calls wide or full width, without the emoji. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u
const emoji = /^(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F)/u
const invisible = /^[\p{M}\p{Cf}\uFEFF]+$/u

/** One character as it is shown, with the offsets of what it stands for. */
export interface Cell {
  readonly text: string
  readonly width: number
  readonly start: number
  readonly end: number
}

/** The characters of one line: tabs as two spaces, control characters by their pictures, so none acts on a terminal. */
export function cellsOf(line: string): Cell[] {
  return Array.from(segmenter.segment(line), ({ segment, index }) => ({
    ...shown(segment),
    start: index,
    end: index + segment.length,
  }))
}

function shown(segment: string): { text: string; width: number } {
  if (segment === '\t') return { text: '  ', width: 2 }
  const code = segment.charCodeAt(0)
  if (code < 0x20) return { text: String.fromCharCode(0x2400 + code), width: 1 }
  if (code === 0x7f) return { text: '\u2421', width: 1 }
  if ((code >= 0x80 && code < 0xa0) || code === 0x2028 || code === 0x2029) return { text: '\ufffd', width: 1 }
  if (invisible.test(segment)) return { text: '', width: 0 }
  return { text: segment, width: wide.test(segment) || emoji.test(segment) ? 2 : 1 }
}
