import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { PictureState } from '../../../lint/picture.ts'
import { AccessesView } from './accesses-view.tsx'
import { type Data, stateNames } from './data.ts'
import { everything, type Filter, fits } from './filter.ts'
import { FindingsView, fittingFindings } from './findings-view.tsx'
import { FlowView } from './flow-view.tsx'
import { fittingFiles, MigrationView } from './migration-view.tsx'
import { ProgressView } from './progress-view.tsx'
import { Tabs } from './tabs.tsx'
import { ThemeButton } from './theme.tsx'
import { coloursOf } from './words.ts'

const states = Object.keys(stateNames) as PictureState[]

export function App({ data }: { readonly data: Data }) {
  const { result } = data
  const [filter, setFilter] = useState<Filter>(everything)
  const [tab, setTab] = useState('accesses')
  const search = useRef<HTMLInputElement>(null)
  const colours = useMemo(() => coloursOf(result.picture.databases), [result])
  const accesses = useMemo(() => data.accesses.filter((access) => fits(access, filter)), [data, filter])
  const change = (part: Partial<Filter>) => setFilter((before) => ({ ...before, ...part }))

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
      if (event.key === '/' && !typing) {
        event.preventDefault()
        search.current?.focus()
      }
      if (event.key === 'Escape') {
        setFilter(everything)
        if (search.current) search.current.value = ''
      }
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])

  const chips = (['path', 'database', 'target'] as const).filter((name) => filter[name] !== undefined)
  return (
    <>
      <header>
        <div class="title">
          <h1>{result.name}</h1>
          <p>Where its data goes</p>
        </div>
        <fieldset class="states" aria-label="Accesses by state">
          <button
            type="button"
            class="count all"
            aria-pressed={filter.state === undefined}
            onClick={() => change({ state: undefined })}
          >
            <b>{result.summary.accesses.toLocaleString('en')}</b> accesses
          </button>
          {states.map((state) => (
            <button
              key={state}
              type="button"
              class={`count ${state}`}
              aria-pressed={filter.state === state}
              disabled={result.summary[state] === 0}
              onClick={() => change({ state: filter.state === state ? undefined : state })}
            >
              <b>{result.summary[state].toLocaleString('en')}</b> {stateNames[state]}
            </button>
          ))}
        </fieldset>
        <ThemeButton />
      </header>
      <main>
        <search class="filters">
          <label>
            <span class="hidden">Search tables, files, rules</span>
            <input
              ref={search}
              type="search"
              placeholder="Search tables, files, rules   /"
              onInput={(event) => change({ text: event.currentTarget.value })}
            />
          </label>
          <label>
            <span class="hidden">Rule</span>
            <select
              value={filter.rule ?? ''}
              onChange={(event) => change({ rule: event.currentTarget.value || undefined })}
            >
              <option value="">any rule</option>
              {data.rules.map((rule) => (
                <option key={rule}>{rule}</option>
              ))}
            </select>
          </label>
          {chips.map((name) => (
            <button key={name} type="button" class="chip" onClick={() => change({ [name]: undefined })}>
              {filter[name] || 'everything'} <span aria-hidden="true">✕</span>
              <span class="hidden">remove this filter</span>
            </button>
          ))}
          <output class="fitting">{accesses.length.toLocaleString('en')} shown</output>
        </search>
        <section class="picture" aria-label="The split">
          <div class="columns" aria-hidden="true">
            <span>folders</span>
            <span>database they reach</span>
            <span>tables</span>
          </div>
          <FlowView accesses={accesses} colours={colours} filter={filter} onFilter={change} />
          <p class="legend">
            {result.picture.databases.map(({ name, perTenant }) => (
              <span key={name}>
                <i style={{ background: colours(name) }} /> {name}
                {perTenant && ' (one for each tenant)'}
              </span>
            ))}
            <span>
              <i class="wrong" /> wrong database
            </span>
            <span>
              <i class="unknown" /> not known
            </span>
          </p>
        </section>
        <Tabs
          chosen={tab}
          onChoose={setTab}
          tabs={[
            {
              id: 'accesses',
              label: `Accesses ${accesses.length.toLocaleString('en')}`,
              view: () => <AccessesView accesses={accesses} />,
            },
            {
              id: 'findings',
              label: `Findings ${fittingFindings(result.lint.findings, filter).length.toLocaleString('en')}`,
              view: () => <FindingsView findings={result.lint.findings} filter={filter} />,
            },
            {
              id: 'migration',
              label: `Migration ${fittingFiles(result.migration.files, filter).length.toLocaleString('en')}`,
              view: () => (
                <MigrationView
                  summary={result.migration.summary}
                  files={result.migration.files}
                  filter={filter}
                />
              ),
            },
            { id: 'progress', label: 'Progress', view: () => <ProgressView data={data} /> },
          ]}
        />
      </main>
    </>
  )
}
