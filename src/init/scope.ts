import type { Entry } from './proposal.ts'
import type { Survey } from './survey.ts'
import { count } from './words.ts'

/** Folders of scripts that people run by hand; what they do is not the application. */
const aside = /^(?:scripts?|archive[sd]?|tools?|examples?|docs?|bench(?:mark)?s?|backups?)$/

/** `files`: left out when the whole code base is the application; else the folders without those that are not. */
export function proposeFiles(survey: Survey): { files: Entry[]; folder?: string; notes: string[] } {
  const folders = new Map<string, { files: number; accesses: number }>()
  for (const file of survey.files) {
    const folder = file.includes('/') ? file.slice(0, file.indexOf('/')) : ''
    const known = folders.get(folder) ?? { files: 0, accesses: 0 }
    folders.set(folder, { ...known, files: known.files + 1 })
  }
  for (const access of survey.accesses) {
    const known = folders.get(access.file.includes('/') ? access.file.slice(0, access.file.indexOf('/')) : '')
    if (known) known.accesses++
  }
  const out = [...folders].filter(([folder]) => aside.test(folder))
  const main = [...folders].filter(([folder, { accesses }]) => !aside.test(folder) && accesses > 0)
  const [only] = main
  // One folder holds every query: that is the application, as `src/` usually is.
  if (main.length !== 1 || only![0] === '' || survey.isMonorepo) {
    return {
      files: [],
      notes: out.flatMap(([folder, { accesses }]) =>
        accesses > 0
          ? [
              `${folder}/ has ${count(accesses, 'query')} too; write "files" or "ignore" if it is not part of the application`,
            ]
          : [],
      ),
    }
  }
  const left = out
    .filter(([, { accesses }]) => accesses > 0)
    .map(([folder, { accesses }]) => `${folder}/ (${count(accesses, 'query')})`)
  return {
    folder: only![0],
    files: [
      {
        value: `${only![0]}/**`,
        evidence: `all ${only![1].accesses} queries of the application${left.length > 0 ? `; not ${left.join(', ')}` : ''}`,
        ...(left.length > 0 ? { decide: 'whether scripts are to be moved and checked too' } : {}),
      },
    ],
    notes: [],
  }
}

/** What a survey shows of the files below one folder; everything when `folder` is undefined. */
export function within(survey: Survey, folder: string | undefined): Survey {
  if (folder === undefined) return survey
  const inside = ({ file }: { readonly file: string }) => file.startsWith(`${folder}/`)
  return {
    ...survey,
    files: survey.files.filter((file) => inside({ file })),
    tests: survey.tests.filter((file) => inside({ file })),
    creations: survey.creations.map((calls) => calls.filter(inside)),
    mentions: survey.mentions.map((files) => files.filter((file) => inside({ file }))),
    inPlace: survey.inPlace.filter(inside),
    accesses: survey.accesses.filter(inside),
    reads: survey.reads.filter(inside),
    sourceCalls: survey.sourceCalls.filter(inside),
    broken: survey.broken.filter(inside),
  }
}

/** `ignore`: tests speak to databases of their own. */
export function proposeIgnore(survey: Survey): Entry[] {
  const kinds: readonly [RegExp, string][] = [
    [/\.test\.[mc]?[jt]sx?$/, '**/*.test.*'],
    [/\.spec\.[mc]?[jt]sx?$/, '**/*.spec.*'],
    [/\.stories\.[mc]?[jt]sx?$/, '**/*.stories.*'],
    [/(?:^|\/)__tests__\//, '**/__tests__/**'],
    [/(?:^|\/)__mocks__\//, '**/__mocks__/**'],
    [/(?:^|\/)e2e\//, '**/e2e/**'],
    [/(?:^|\/)cypress\//, '**/cypress/**'],
    [/(?:^|\/)playwright\//, '**/playwright/**'],
  ]
  return kinds.flatMap(([pattern, glob]): Entry[] => {
    const number = survey.tests.filter((file) => pattern.test(file)).length
    return number > 0 ? [{ value: glob, evidence: count(number, 'file') }] : []
  })
}
