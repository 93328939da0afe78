import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  embedsOf,
  parsePartialSelect,
  parseSelect,
  type SelectEmbed,
  type SelectNode,
} from '../../../src/dialects/supabase/select.ts'
import { printSelect } from './print-select.ts'

/** `depth alias:target!hint` of every embed, with `?` for an unknown target. */
const outline = (tree: Parameters<typeof embedsOf>[0]) =>
  embedsOf(tree).map((embed) =>
    [
      embed.depth,
      ' ',
      embed.spread ? '...' : '',
      embed.alias === undefined ? '' : `${embed.alias}:`,
      embed.target ?? `?${embed.likely ?? ''}`,
      ...embed.hints.map((hint) => `!${hint}`),
      embed.inner ? '!inner' : '',
      embed.left ? '!left' : '',
    ].join(''),
  )

/** A tagged template whose interpolations are holes. */
const partial = (texts: TemplateStringsArray, ..._holes: unknown[]) =>
  parsePartialSelect(texts.flatMap((text, i) => (i === 0 ? [text] : [null, text])))

describe('columns', () => {
  it.each<[string, object]>([
    ['id', { name: 'id', path: [] }],
    ['label:full_name', { name: 'full_name', alias: 'label' }],
    ['price::text', { name: 'price', cast: 'text' }],
    ['"Full, name"', { name: 'Full, name' }],
    ['"say \\"hi\\""', { name: 'say "hi"' }],
    ['first-name', { name: 'first-name' }],
    ['straße', { name: 'straße' }],
    ['amount.sum()', { name: 'amount', aggregate: 'sum' }],
    ['total:amount.sum()::int', { name: 'amount', alias: 'total', aggregate: 'sum', aggregateCast: 'int' }],
    [
      'amount::numeric.avg()::int',
      { name: 'amount', cast: 'numeric', aggregate: 'avg', aggregateCast: 'int' },
    ],
    [
      'data->a->>b-c',
      {
        path: [
          { key: 'a', asText: false },
          { key: 'b-c', asText: true },
        ],
      },
    ],
    ['data->0->-1', { path: [{ key: '0' }, { key: '-1' }] }],
    ['data->"a->b"::int', { path: [{ key: 'a->b' }], cast: 'int' }],
    ['city:data->>città.max()', { name: 'data', alias: 'city', aggregate: 'max' }],
    ['first\n  name', { name: 'firstname' }],
  ])('%s', (text, expected) => {
    const tree = parseSelect(text)
    expect(tree.problem).toBeUndefined()
    expect(tree.complete).toBe(true)
    expect(tree.nodes).toMatchObject([{ kind: 'column', ...expected }])
    expect(tree.embeds).toEqual([])
  })

  it('takes the empty text, the star and lists', () => {
    expect(parseSelect('')).toEqual({ text: '', nodes: [], embeds: [], complete: true })
    expect(parseSelect(' * ,\n id').nodes).toMatchObject([{ kind: 'star', start: 1, end: 2 }, { name: 'id' }])
  })
})

describe('embeds', () => {
  it.each<[string, string[]]>([
    ['*, users(name)', ['0 users']],
    ['author:users(name)', ['0 author:users']],
    ['created_by(name)', ['0 created_by']],
    ['author:created_by(name)', ['0 author:created_by']],
    ['users!inner(id)', ['0 users!inner']],
    ['users!left(id)', ['0 users!left']],
    ['users!orders_user_id_fkey!inner(id)', ['0 users!orders_user_id_fkey!inner']],
    ['users!inner!user_id(id)', ['0 users!user_id!inner']],
    ['users!inner_id(id)', ['0 users!inner_id']],
    ['...users(name)', ['0 ...users']],
    ['users()', ['0 users']],
    ['"Users"("id")', ['0 Users']],
    ['a(b(c(*),d()),e!inner(*)),f(*)', ['0 a', '1 b', '2 c', '2 d', '1 e!inner', '0 f']],
    [
      '\n  id ,\n\towner : users ! inner (\n    id,\n    ... team ( name )\n  )\n',
      ['0 owner:users!inner', '1 ...team'],
    ],
    ['contacts(id)::json', ['0 contacts']],
  ])('%s', (text, expected) => {
    expect(outline(parseSelect(text))).toEqual(expected)
  })

  it('knows a count of rows from a relation', () => {
    expect(parseSelect('count()').nodes).toMatchObject([{ kind: 'count' }])
    expect(parseSelect('n:count()::int').nodes).toMatchObject([{ kind: 'count', alias: 'n', cast: 'int' }])
    expect(parseSelect('users(count)').embeds).toMatchObject([
      { target: 'users', children: [{ name: 'count' }] },
    ])
    expect(outline(parseSelect('users(count())'))).toEqual(['0 users'])
    expect(outline(parseSelect('sum()'))).toEqual(['0 sum'])
  })

  it('says where everything stands', () => {
    const text = 'id, author : "Users"!fk ( name ) , x'
    const [embed] = parseSelect(text).embeds as [SelectEmbed]
    expect(text.slice(embed.start, embed.end)).toBe('author : "Users"!fk ( name )')
    expect(text.slice(embed.targetStart, embed.targetEnd)).toBe('"Users"')
  })
})

describe('text that PostgREST refuses', () => {
  it.each<[string, string, string[]]>([
    ['id,', '2 Expected a column or a relation after this comma', []],
    ['id,,users(*)', '3 Expected a column or a relation before this comma', ['0 users']],
    ['users(id', '5 This parenthesis is never closed', ['0 users']],
    ['users(id,)', '8 Expected a column or a relation after this comma', ['0 users']],
    ['id), users(*)', '2 This parenthesis closes nothing', ['0 users']],
    ['users!inner, teams(*)', '11 Expected "(" after the name of a relation', ['0 users!inner', '0 teams']],
    ['...users', '8 Expected "(" after the name of a relation', ['0 ...users']],
    ['x:...users(*)', '2 A spread relation takes no alias', ['0 ...x:users']],
    ['users!a!b(*)', '8 A relation takes one hint', ['0 users!a!b']],
    ['users!(*)', '6 Expected a hint, "inner" or "left" after "!"', ['0 users']],
    ['price::numeric(10,2),users(*)', '14 Expected a comma before "("', ['0 users']],
    ['names[], users(*)', '5 Expected a comma before "["', ['0 users']],
    ['id; users(*)', '2 Expected a comma before ";"', []],
    ['"id', '0 This quote is never closed', []],
    ['a.median(), users(*)', '2 There is no aggregate function "median"', ['0 users']],
    ['a.sum', '5 Expected an aggregate function such as "sum()"', []],
    ['a->', '3 Expected a key or an index after the arrow', []],
    ['a::', '3 Expected a type after "::"', []],
    ['-a, users(*)', '0 Expected the name of a column or a relation', ['0 users']],
    ['a:*', '2 Expected the name of a column or a relation', []],
  ])('%s', (text, problem, embeds) => {
    const tree = parseSelect(text)
    expect(`${tree.problem?.offset} ${tree.problem?.message}`).toBe(problem)
    expect(tree.complete).toBe(false)
    expect(outline(tree)).toEqual(embeds)
  })

  it('reads any depth of nesting', () => {
    const deep = 100_000
    const tree = parseSelect('a('.repeat(deep) + ')'.repeat(deep))
    expect(tree.complete).toBe(true)
    expect(embedsOf(tree)).toHaveLength(deep)
    expect(parseSelect('a('.repeat(deep)).problem?.message).toBe('This parenthesis is never closed')
  })
})

describe('parts decided at run time', () => {
  const x = ''

  it('keeps the embeds around a hole', () => {
    const tree = partial`id, ${x}, users(name, ${x}), teams(id)`
    expect(outline(tree)).toEqual(['0 users', '0 teams'])
    expect(tree.nodes.map((node) => node.kind)).toEqual(['column', 'hole', 'embed', 'embed'])
    expect(tree.embeds[0]!.children.map((node) => node.kind)).toEqual(['column', 'hole'])
    expect(tree).toMatchObject({ complete: false })
    expect(tree.problem).toBeUndefined()
  })

  it.each<[string, ReturnType<typeof partial>, string[]]>([
    ['in the target', partial`user_${x}s(name)`, ['0 ?']],
    ['as the target', partial`owner:${x}(name)`, ['0 owner:?']],
    ['after the target', partial`users${x}(name)`, ['0 ?users']],
    ['before the target', partial`${x} users(name)`, ['0 ?users']],
    ['in a quoted target', partial`"${x}"(name)`, ['0 ?']],
    ['as a hint', partial`users!${x}!inner(name)`, ['0 users!inner']],
    ['as the alias', partial`${x}:users(name)`, ['0 users']],
    ['as a spread', partial`...${x}(name)`, ['0 ...?']],
    ['between relations', partial`users(name)${x},teams(id)`, ['0 users', '0 teams']],
    ['that may open a parenthesis', partial`${x} id), users(*)`, ['0 users']],
    ['that may close a parenthesis', partial`users(id, ${x}`, ['0 users']],
    ['in a nested embed', partial`a(b(${x}),c(*))`, ['0 a', '1 b', '1 c']],
    ['in a path, a cast and an aggregate', partial`a->${x}::${x}.${x}(),users(*)`, ['0 users']],
  ])('%s', (_where, tree, expected) => {
    expect(outline(tree)).toEqual(expected)
    expect(tree.complete).toBe(false)
    expect(tree.problem).toBeUndefined()
  })

  it('reports a mistake that no run-time part can mend', () => {
    expect(partial`id,,${x}`.problem).toEqual({
      message: 'Expected a column or a relation before this comma',
      offset: 3,
    })
  })

  it('counts a hole as one character', () => {
    const { text, embeds } = partial`${x},users(id)`
    expect(text.slice(embeds[0]!.start, embeds[0]!.end)).toBe('users(id)')
    expect(embeds[0]!.start).toBe(2)
  })

  it('does not mistake the character that stands for a hole', () => {
    expect(parseSelect('\uFFFC').problem).toBeDefined()
  })
})

describe('properties', () => {
  const name = fc.oneof(
    fc.constantFrom('id', 'users', 'created_at', 'first-name', 'inner', 'count', 'straße', '$a', '9'),
    fc.string({ minLength: 1, maxLength: 6 }),
  )
  const type = fc.constantFrom('int', 'text', 'double')
  const maybe = <T, K extends string>(key: K, value: fc.Arbitrary<T>) =>
    fc.oneof(
      fc.constant({}),
      value.map((is) => ({ [key]: is }) as Record<K, T>),
    )
  const merged = (...parts: fc.Arbitrary<object>[]) =>
    fc.tuple(...parts).map((all) => Object.assign({}, ...all) as SelectNode)
  const kind = (value: string) => fc.constant({ kind: value })

  const { nodes } = fc.letrec<{ nodes: SelectNode[]; node: SelectNode }>((tie) => ({
    nodes: fc.array(tie('node'), { maxLength: 4 }),
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      merged(kind('star')),
      merged(kind('count'), maybe('alias', name), maybe('cast', type)),
      merged(
        kind('column'),
        fc.record({ name, path: fc.array(fc.record({ key: name, asText: fc.boolean() }), { maxLength: 2 }) }),
        maybe('alias', name),
        maybe('cast', type),
        fc.oneof(
          fc.constant({}),
          merged(fc.record({ aggregate: fc.constantFrom('sum', 'count') }), maybe('aggregateCast', type)),
        ),
      ),
      merged(
        kind('embed'),
        fc.record({
          target: name,
          hints: fc.array(name, { maxLength: 1 }),
          inner: fc.boolean(),
          left: fc.constant(false),
          children: tie('nodes'),
        }),
        fc.oneof(fc.constant({ spread: true }), merged(fc.constant({ spread: false }), maybe('alias', name))),
      ),
    ),
  }))

  const positions = new Set(['start', 'end', 'targetStart', 'targetEnd', 'depth'])
  const bare = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (key, inner) => (positions.has(key) ? undefined : inner)))

  /** Puts whitespace around every token, outside of quotes. */
  const spaced = (text: string) =>
    text.replace(/"(?:\\[\s\S]|[^"\\])*"|->>|->|::|\.\.\.|[(),:!.*]/g, (token) => ` ${token}\n\t`)

  it('reads back what was printed', () => {
    fc.assert(
      fc.property(nodes, fc.boolean(), (tree, airy) => {
        const text = airy ? spaced(printSelect(tree)) : printSelect(tree)
        const parsed = parseSelect(text)
        expect(parsed.problem).toBeUndefined()
        expect(bare(parsed.nodes)).toEqual(bare(tree))
      }),
      { numRuns: 500 },
    )
  })

  it('gives offsets that cut out the right text', () => {
    fc.assert(
      fc.property(nodes, (tree) => {
        const text = spaced(printSelect(tree))
        for (const embed of embedsOf(parseSelect(text))) {
          const again = parseSelect(text.slice(embed.start, embed.end))
          expect(bare(again.nodes)).toEqual([bare(embed)])
          const target = parseSelect(text.slice(embed.targetStart, embed.targetEnd)).nodes[0]
          expect(target).toMatchObject({ kind: 'column', name: embed.target })
        }
      }),
    )
  })

  const soup = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          'a',
          'b',
          '(',
          ')',
          ',',
          ':',
          '::',
          '!',
          '->',
          '->>',
          '...',
          '"',
          '\\',
          '.',
          ' ',
          '*',
          'count()',
        ),
      )
      .map((tokens) => tokens.join('')),
  )

  it('never throws, keeps every range inside the text, and says when it did not understand', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(soup, fc.constant(null)), { maxLength: 5 }), (parts) => {
        const tree = parsePartialSelect(parts)
        for (const embed of embedsOf(tree)) {
          expect(0 <= embed.start && embed.start <= embed.targetStart).toBe(true)
          expect(embed.targetEnd <= embed.end && embed.end <= tree.text.length).toBe(true)
        }
        expect(tree.complete).toBe(!parts.includes(null) && tree.problem === undefined)
        if (tree.problem) expect(tree.problem.offset).toBeLessThanOrEqual(tree.text.length)
      }),
      { numRuns: 2000 },
    )
  })

  it('finds the same embeds when the columns beside them become holes', () => {
    fc.assert(
      fc.property(nodes, (tree) => {
        const parts = tree.flatMap((node, i) => [
          ...(i === 0 ? [] : [',']),
          node.kind === 'embed' ? printSelect([node]) : null,
        ])
        const all = parseSelect(printSelect(tree))
        expect(outline(parsePartialSelect(parts))).toEqual(outline(all))
      }),
    )
  })
})
