#!/usr/bin/env node
import module from 'node:module'
import { setFlagsFromString } from 'node:v8'

// A run is over before most of what V8 optimises has paid for itself: with the usual budget (66 KB of bytecode run) a
// third of the processor time of a run on 500 files is the optimising compiler's (docs/performance.md).
setFlagsFromString('--interrupt-budget=1000000')
// V8 of Node 24 lets the young generation grow until 8,000 files take 390 MB; without that it is 245 MB.
if (Number.parseInt(process.versions.node, 10) >= 24) setFlagsFromString('--semi-space-growth-factor=1')
// From Node 22.8 on; keeps compiled code in the folder for temporary files.
module.enableCompileCache?.()

const { main } = await import('../dist/cli.js')
process.exitCode = await main(process.argv.slice(2))
