import type picocolors from 'picocolors'

/** The colours of a terminal, or functions that leave the text alone. */
export type Colors = ReturnType<typeof picocolors.createColors>
