import { type Access, stateNames } from './data.ts'
import { reached } from './filter.ts'
import { List } from './list.tsx'

/** The calls, each of which opens to its chain. */
export function AccessesView({ accesses }: { readonly accesses: readonly Access[] }) {
  return (
    <List items={accesses} keyOf={({ number }) => number} empty="No access fits the filter.">
      {(access) => (
        <details class={`access ${access.state}`}>
          <summary>
            <span class={`state ${access.state}`}>{stateNames[access.state]}</span>
            <span class="what">
              <b>{access.target}</b> {access.operation}
            </span>
            <span class="way">
              {reached(access)}
              {access.state === 'wrong' && `, belongs to ${access.expected.join(' or ')}`}
            </span>
            <span class="place">
              {access.file}:{access.line}
            </span>
          </summary>
          <AccessDetails access={access} />
        </details>
      )}
    </List>
  )
}

function AccessDetails({ access }: { readonly access: Access }) {
  return (
    <div class="details">
      <dl>
        <dt>reaches</dt>
        <dd>{reached(access)}</dd>
        {access.expected.length > 0 && (
          <>
            <dt>belongs to</dt>
            <dd>{access.expected.join(' or ')}</dd>
          </>
        )}
        <dt>because</dt>
        <dd>{access.reason || 'nothing was said of it'}</dd>
        {access.joins.length > 0 && (
          <>
            <dt>together with</dt>
            <dd>{access.joins.join(', ')}</dd>
          </>
        )}
        {access.site && (
          <>
            <dt>migration</dt>
            <dd>
              {access.site.status}
              {access.site.rewrite !== 'none' && ` by ${access.site.rewrite}`}
              {access.site.reason && `: ${access.site.reason}`}
            </dd>
          </>
        )}
      </dl>
      {access.findings.map((finding) => (
        <p key={finding.fingerprint} class={`finding ${finding.severity}`}>
          <b>{finding.rule}</b> {finding.message}
        </p>
      ))}
      <h4>From the call back to its client</h4>
      <ol class="chain">
        <li>
          <code>
            {access.file}:{access.line}:{access.column}
          </code>{' '}
          {access.operation} of {access.target}
        </li>
        {access.chain.map((step, index) => (
          <li key={index}>
            <code>
              {step.file}:{step.line}:{step.column}
            </code>{' '}
            {step.message}
          </li>
        ))}
      </ol>
    </div>
  )
}
