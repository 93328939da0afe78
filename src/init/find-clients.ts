import type { Dialect } from '../dialects/dialect.ts'
import { exportedUses } from '../trace/callers.ts'
import type { Program } from '../trace/program.ts'
import { type ClientExportFact, clientExports } from '../trace/survey/clients.ts'
import type { Namer } from '../trace/survey/namer.ts'
import { filesWithAny } from './files-with.ts'
import { clientWords } from './libraries.ts'
import { parameterWord, tenantWords } from './words.ts'

/** Exports that make a client; and, among the files that know of one, those that take a tenant to make theirs. */
export function findClients(
  program: Program,
  namer: Namer,
  dialects: readonly Dialect[],
): ClientExportFact[] {
  const { repository } = program
  const makers = filesWithAny(repository, clientWords(dialects)).flatMap((file) =>
    clientExports(program, namer, file),
  )
  const known = new Set(makers.map((client) => client.file))
  const around = new Set([...known].flatMap((file) => [...program.filesKnowing(repository.absolute(file))]))
  const derived = [...around]
    .filter(
      (file) =>
        !known.has(repository.relative(file)) &&
        repository.has(file) &&
        tenantWords.some((word) => repository.raw(file).toLowerCase().includes(word)),
    )
    .sort()
    .flatMap((file) => clientExports(program, namer, file))
    .filter(
      (client) =>
        client.kind !== 'ready' && client.parameters.some(({ name }) => parameterWord(name) !== undefined),
    )
  return distinct([...makers, ...derived])
}

/** A function that only calls another one of these is left out, unless it takes a tenant: the code leads to the other. */
function distinct(clients: readonly ClientExportFact[]): ClientExportFact[] {
  const isInside = (origin: string, client: ClientExportFact): boolean => {
    const [file, offset] = [
      origin.slice(0, origin.lastIndexOf(':')),
      Number(origin.slice(origin.lastIndexOf(':') + 1)),
    ]
    return file === client.file && client.range.start <= offset && offset < client.range.end
  }
  const takesTenant = (client: ClientExportFact) =>
    client.parameters.some(({ name }) => parameterWord(name) !== undefined)
  const seen = new Set<string>()
  return clients.filter((client) => {
    const key = `${client.label} ${client.path ?? ''}`
    if (seen.has(key)) return false
    seen.add(key)
    if (client.kind !== 'factory' || takesTenant(client)) return true
    return client.origins.some(
      (origin) =>
        isInside(origin, client) ||
        !clients.some((other) => other !== client && other.label !== client.label && isInside(origin, other)),
    )
  })
}

/** Where other files read an export, without their imports of it. */
export function mentionsOf(program: Program, client: ClientExportFact): string[] {
  const module = program.repository.module(program.repository.absolute(client.file))
  if (!module) return []
  return exportedUses(program, module, client.name).map((use) => program.repository.relative(use.module.file))
}
