import { createRequire } from 'node:module'
import { type Comment, type OxcError, type ParserOptions, type Program, parseSync } from 'oxc-parser'
import { getBufferOffset, parseRawSync, rawTransferSupported } from 'oxc-parser/src-js/bindings'
import {
  ACTIVE_SIZE,
  BLOCK_ALIGN,
  BLOCK_SIZE,
  BUFFER_SIZE,
  IS_TS_FLAG_POS,
} from 'oxc-parser/src-js/generated/constants'

/** What a parser says of a text. */
export interface Parsed {
  readonly program: Program
  readonly comments: readonly Comment[]
  readonly errors: readonly OxcError[]
}

/**
 * Parses a text with oxc-parser. The tree comes over as bytes, which takes half of the time that its JSON does, and
 * as JSON where that can't be had: the result is the same.
 *
 * The parser offers the bytes by itself from Node 22 on (`experimentalRawTransfer`), because Node 20 has no view over
 * more than 4 GiB. A view over a part of a larger buffer is all that is needed, and that Node 20 has. So the little
 * around it is done here, as in the parser's src-js/raw-transfer/common.js, and the parser's version is pinned.
 * @param file its extension chooses the language
 */
export function parse(file: string, text: string, options: ParserOptions = {}): Parsed {
  const memory = (room ??= reserve())
  // (A character takes three bytes at most.)
  if (memory === 'none' || text.length * 3 > largest) return asJson(file, text, options)
  return asBytes(memory, file, text, options)
}

/** Whether trees come as bytes on this machine. */
export function takesBytes(): boolean {
  return (room ??= reserve()) !== 'none'
}

/** The tree by way of JSON, on every machine. */
export function asJson(file: string, text: string, options: ParserOptions): Parsed {
  const result = parseSync(file, text, options)
  const { comments, errors } = result
  // The result has getters that are closures of its own, which V8 keeps in the shape of the object, outside of the
  // young generation: every tree would survive until a full garbage collection. So it is taken out.
  const kept = result.program
  const program = { ...kept }
  kept.body = []
  return { program, comments, errors }
}

/** A text of this many bytes would be a file of its own kind; the rest of the room is the tree's. */
const largest = 1 << 28

interface Room {
  /** The part that the tree is read from, as bytes and as numbers. */
  readonly bytes: Uint8Array & { int32?: Int32Array; float64?: Float64Array }
  /** All that the parser writes to. */
  readonly block: Uint8Array
}

/** One for each thread, used again for every file; addresses are reserved, memory is taken as it is written to. */
let room: Room | 'none' | undefined

function reserve(): Room | 'none' {
  try {
    if ('bun' in process.versions || !rawTransferSupported()) return 'none'
    const buffer = new ArrayBuffer(BLOCK_SIZE + BLOCK_ALIGN)
    const offset = getBufferOffset(new Uint8Array(buffer, 0, 1))
    const bytes: Room['bytes'] = new Uint8Array(buffer, offset, BUFFER_SIZE)
    bytes.int32 = new Int32Array(buffer, offset, BUFFER_SIZE / 4)
    bytes.float64 = new Float64Array(buffer, offset, BUFFER_SIZE / 8)
    return { bytes, block: new Uint8Array(buffer, offset, BLOCK_SIZE) }
  } catch {
    // No parser of this machine's own, or no such room: the tree comes as JSON.
    return 'none'
  }
}

const encoder = new TextEncoder()
type Deserialize = (
  bytes: Uint8Array,
  text: string,
  start: number,
  length: number,
) => { program: Program; comments: Comment[]; errors: OxcError[] }
const readers: { ts?: Deserialize; js?: Deserialize } = {}
const load = createRequire(import.meta.url)

function asBytes({ bytes, block }: Room, file: string, text: string, options: ParserOptions): Parsed {
  const start = ACTIVE_SIZE - text.length * 3
  const target = new Uint8Array(bytes.buffer, bytes.byteOffset + start, text.length * 3)
  const length = encoder.encodeInto(text, target).written
  parseRawSync(file, block, start, length, options)
  const language = bytes[IS_TS_FLAG_POS] === 0 ? 'js' : 'ts'
  const deserialize = (readers[language] ??= load(`oxc-parser/src-js/generated/deserialize/${language}`)
    .deserialize as Deserialize)
  const { program, comments, errors } = deserialize(bytes, text, start, length)
  const first = language === 'js' ? program.hashbang : null
  if (first) comments.unshift({ type: 'Line', value: first.value, start: first.start, end: first.end })
  return { program, comments, errors }
}
