import type { Data } from './data.ts'
import { plural } from './words.ts'

/** How far the split has come: what is right, and what the team keeps for later. */
export function ProgressView({ data }: { readonly data: Data }) {
  const { summary, lint } = data.result
  const judged = summary.right + summary.wrong + summary.unresolved + summary.undecided
  const rules = data.rules.map((rule) => ({
    rule,
    now: lint.findings.filter((finding) => finding.rule === rule).length,
    later: lint.silenced.filter((finding) => finding.rule === rule && finding.silencedBy === 'baseline')
      .length,
  }))
  for (const { rule } of lint.silenced)
    if (!rules.some((known) => known.rule === rule))
      rules.push({
        rule,
        now: 0,
        later: lint.silenced.filter((finding) => finding.rule === rule && finding.silencedBy === 'baseline')
          .length,
      })
  return (
    <div class="progress">
      <Meter
        label="accesses that reach their database"
        value={summary.right}
        most={judged}
        note={`${plural(summary.free, 'access is', 'accesses are')} of nobody’s rule and not counted`}
      />
      <Meter
        label="findings in the baseline, kept for later"
        value={lint.summary.baselined}
        most={lint.summary.baselined + lint.findings.length}
        note={
          lint.summary.baselined === 0
            ? 'there is no baseline, or nothing in it'
            : `${plural(lint.findings.length, 'finding is', 'findings are')} new since the baseline`
        }
      />
      <table class="rules">
        <thead>
          <tr>
            <th>rule</th>
            <th>findings</th>
            <th>in the baseline</th>
          </tr>
        </thead>
        <tbody>
          {rules.map(({ rule, now, later }) => (
            <tr key={rule}>
              <th scope="row">{rule}</th>
              <td>{now}</td>
              <td>{later}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface MeterProps {
  readonly label: string
  readonly value: number
  readonly most: number
  readonly note: string
}

function Meter({ label, value, most, note }: MeterProps) {
  const share = most === 0 ? 0 : Math.round((value / most) * 100)
  return (
    <div class="meter">
      <p>
        <b>{value.toLocaleString('en')}</b> of {most.toLocaleString('en')} {label}{' '}
        <span class="number">{share} %</span>
      </p>
      <progress value={value} max={Math.max(most, 1)} aria-label={label} />
      <p class="note">{note}</p>
    </div>
  )
}
