import { useState } from 'preact/hooks'
import type { MigrateFile, MigrateResult } from '../../../migrate/result.ts'
import { DiffView } from './diff-view.tsx'
import { type Filter, isBelow, wordsOf } from './filter.ts'
import { List } from './list.tsx'

interface Props {
  readonly summary: MigrateResult['summary']
  readonly files: readonly MigrateFile[]
  readonly filter: Filter
}

/** Files that the migration changes, or that need a person. */
export function fittingFiles(files: readonly MigrateFile[], filter: Filter): MigrateFile[] {
  return files.filter(
    ({ file, diff, status, sites }) =>
      (diff !== '' || status === 'needs-review' || status === 'error') &&
      (filter.path === undefined || isBelow(file, filter.path)) &&
      (filter.target === undefined || sites.some(({ table }) => table === filter.target)) &&
      wordsOf(filter.text).every((word) =>
        `${file}\n${sites.map(({ table, reason }) => `${table ?? ''} ${reason ?? ''}`).join('\n')}`
          .toLowerCase()
          .includes(word),
      ),
  )
}

export function MigrationView({ summary, files, filter }: Props) {
  return (
    <>
      <p class="figures">
        Total routes: {summary.routes} · Updated: {summary.updated} · Skipped (app DB): {summary.skippedApp} ·
        Already updated: {summary.alreadyUpdated} · Needs review: {summary.needsReview} · Errors:{' '}
        {summary.errors}
      </p>
      <List
        items={fittingFiles(files, filter)}
        keyOf={({ file }) => file}
        empty="The migration changes nothing that fits the filter."
      >
        {(file) => <FileView file={file} />}
      </List>
    </>
  )
}

function FileView({ file }: { readonly file: MigrateFile }) {
  const [open, setOpen] = useState(false)
  const left = file.sites.filter(({ status }) => status === 'needs-review')
  return (
    <details class="file" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class={`state ${file.status}`}>{file.status.replace('-', ' ')}</span>
        <span class="what">{file.file}</span>
        <span class="way">{left.length > 0 ? `${left.length} for a person` : ''}</span>
      </summary>
      {open && (
        <div class="details">
          {file.diff !== '' && <DiffView file={file} />}
          {left.map((site, index) => (
            <p key={index} class="finding warning">
              <b>
                line {site.line}
                {site.table && `, ${site.table}`}
              </b>{' '}
              {site.reason}
            </p>
          ))}
        </div>
      )}
    </details>
  )
}
