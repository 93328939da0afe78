import type { Finding } from '../../../lint/result.ts'
import { type Filter, isBelow, wordsOf } from './filter.ts'
import { List } from './list.tsx'

interface Props {
  readonly findings: readonly Finding[]
  readonly filter: Filter
}

/** Findings that fit: also those that are about no single access. */
export function fittingFindings(findings: readonly Finding[], filter: Filter): Finding[] {
  return findings.filter(
    (finding) =>
      (filter.rule === undefined || finding.rule === filter.rule) &&
      (filter.target === undefined || finding.table === filter.target) &&
      (filter.path === undefined || isBelow(finding.file, filter.path)) &&
      (filter.database === undefined || finding.database?.actual === filter.database) &&
      wordsOf(filter.text).every((word) =>
        `${finding.rule}\n${finding.file}\n${finding.message}\n${finding.table ?? ''}`
          .toLowerCase()
          .includes(word),
      ),
  )
}

export function FindingsView({ findings, filter }: Props) {
  return (
    <List
      items={fittingFindings(findings, filter)}
      keyOf={({ fingerprint }) => fingerprint}
      empty="No finding fits the filter."
    >
      {(finding) => (
        <details class={`finding-row ${finding.severity}`}>
          <summary>
            <span class={`state ${finding.severity}`}>{finding.severity}</span>
            <span class="what">
              <b>{finding.rule}</b>
            </span>
            <span class="way">{finding.fixable ? 'migrate rewrites it' : ''}</span>
            <span class="place">
              {finding.file}:{finding.range.start.line}
            </span>
          </summary>
          <div class="details">
            <p>{finding.message}</p>
            <ol class="chain">
              {finding.evidence.map((step, index) => (
                <li key={index}>
                  <code>
                    {step.file}:{step.line}:{step.column}
                  </code>{' '}
                  {step.message}
                </li>
              ))}
            </ol>
          </div>
        </details>
      )}
    </List>
  )
}
