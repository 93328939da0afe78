import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Repository } from '../../src/repo/repository.ts'
import { fixtures } from '../support/cases.ts'

test('an alias that several packages share leads each of them to its own file, whoever asks first', () => {
  const root = join(fixtures, 'init', 'two-apps')
  const apps = ['admin', 'web']
  for (const order of [apps, [...apps].reverse()]) {
    const repository = new Repository(root)
    const found = order.map((app) =>
      repository.resolve(join(root, 'apps', app, 'src/app/api/route.ts'), '@/lib/db'),
    )
    expect(found).toEqual(order.map((app) => join(root, 'apps', app, 'src/lib/db.ts')))
    expect(repository.resolve(join(root, 'rules.json'), '@/lib/db')).toBeUndefined()
  }
})
