/** The parts of oxc-parser that hand a tree over as bytes. They come without types. */
declare module 'oxc-parser/src-js/bindings' {
  export function rawTransferSupported(): boolean
  export function getBufferOffset(buffer: Uint8Array): number
  export function parseRawSync(
    file: string,
    block: Uint8Array,
    sourceStart: number,
    sourceLength: number,
    options: import('oxc-parser').ParserOptions,
  ): void
}

declare module 'oxc-parser/src-js/generated/constants' {
  export const BLOCK_SIZE: number
  export const BLOCK_ALIGN: number
  export const BUFFER_SIZE: number
  export const ACTIVE_SIZE: number
  export const IS_TS_FLAG_POS: number
}
