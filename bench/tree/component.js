/** Components and hooks: most of the code base, and none of it makes a client. */
import { fields, icons, phrase, typeName } from './words.js'

/** A form or a list of a table, with state, effects and a good deal of markup. */
export function component(any, table, name) {
  const own = Array.from({ length: any.between(4, 18) }, (_, at) => `${any.pick(fields)}_${at}`)
  return `'use client'

import { useCallback, useEffect, useMemo, useState } from 'react'
import { ${icons.slice(0, any.between(2, icons.length)).join(', ')} } from 'lucide-react'
import { Button } from '@/components/ui/button'
import type { ${typeName(table)} } from '@/types/models'

interface ${name}Props {
  items: ${typeName(table)}[]
  isOpen: boolean
  onClose: () => void
  onSave: (values: Record<string, unknown>) => Promise<void>
}

const emptyForm = {
${own.map((field) => `  ${field}: '',`).join('\n')}
}

/** Shows and edits ${phrase(table)}. */
export function ${name}({ items, isOpen, onClose, onSave }: ${name}Props) {
  const [values, setValues] = useState<Record<string, string>>(emptyForm)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [isLoading, setIsLoading] = useState(false)
  const [search, setSearch] = useState('')

  useEffect(() => {
    if (!isOpen) setValues(emptyForm)
  }, [isOpen])

  const visible = useMemo(
    () => items.filter((item) => JSON.stringify(item).toLowerCase().includes(search.toLowerCase())),
    [items, search],
  )

  const change = useCallback((field: string, value: string) => {
    setValues((previous) => ({ ...previous, [field]: value }))
    setErrors((previous) => ({ ...previous, [field]: '' }))
  }, [])

  const validate = () => {
    const found: Record<string, string> = {}
${own
  .slice(0, 6)
  .map((field) => `    if (!values.${field}) found.${field} = 'Please fill in ${phrase(field)}.'`)
  .join('\n')}
    setErrors(found)
    return Object.keys(found).length === 0
  }

  const submit = async () => {
    if (!validate()) return
    setIsLoading(true)
    try {
      const response = await fetch('/api/${table}', { method: 'POST', body: JSON.stringify(values) })
      if (!response.ok) throw new Error(\`Saving failed with \${response.status}\`)
      await onSave(await response.json())
      onClose()
    } catch (error) {
      console.error('Error saving ${phrase(table)}:', error)
    } finally {
      setIsLoading(false)
    }
  }

  return (
    <div className="rounded-lg border border-gray-200 bg-white p-6 shadow-sm">
      <div className="mb-4 flex items-center justify-between">
        <h2 className="text-lg font-semibold text-gray-900">It's time to edit ${phrase(table)}</h2>
        <input value={search} onChange={(event) => setSearch(event.target.value)} placeholder="Search…" />
      </div>
${own.map(field).join('\n')}
      <ul className="divide-y divide-gray-100">
        {visible.map((item, index) => (
          <li key={index} className="flex items-center gap-2 py-2 text-sm text-gray-600">
            {JSON.stringify(item)}
          </li>
        ))}
      </ul>
      <Button onClick={submit} disabled={isLoading}>
        {isLoading ? 'Saving…' : 'Save changes'}
      </Button>
    </div>
  )
}
`
}

const field = (name) => `      <div className="mb-4">
        <label htmlFor="${name}" className="mb-1 block text-sm font-medium text-gray-700">
          ${phrase(name)} *
        </label>
        <input
          id="${name}"
          className={\`w-full rounded-md border px-3 py-2 \${errors.${name} ? 'border-red-500' : 'border-gray-300'}\`}
          value={values.${name}}
          onChange={(event) => change('${name}', event.target.value)}
        />
        {errors.${name} && <p className="mt-1 text-sm text-red-600">{errors.${name}}</p>}
      </div>`

/** A hook that asks the interface for a table's rows. */
export function hook(any, table, name) {
  const own = Array.from({ length: any.between(4, 14) }, (_, at) => `${any.pick(fields)}_${at}`)
  return `import { useEffect, useState } from 'react'

export interface ${name}Row {
  id: string
${own.map((field) => `  ${field}: string | null`).join('\n')}
}

async function load(parameters: URLSearchParams): Promise<${name}Row[]> {
  const response = await fetch(\`/api/${table}?\${parameters}\`)
  if (!response.ok) throw new Error('Failed to load ${phrase(table)}')
  return response.json()
}

/** The ${phrase(table)} of the current tenant, loaded when the filters change. */
export function use${name}(filters: Record<string, string>) {
  const [rows, setRows] = useState<${name}Row[]>([])
  const [error, setError] = useState<Error | null>(null)

  useEffect(() => {
    let live = true
    load(new URLSearchParams(filters))
      .then((loaded) => live && setRows(loaded))
      .catch((reason) => live && setError(reason))
    return () => {
      live = false
    }
  }, [filters])

  const columns = {
${own.map((field) => `    ${field}: { label: '${phrase(field)}', sortable: ${any.chance(0.5)}, width: ${any.between(80, 320)} },`).join('\n')}
  }
  return { rows, error, columns, isLoading: rows.length === 0 && !error }
}
`
}
