import { expect, test } from 'vitest'
import { packageSpecifier } from '../../src/repo/specifier.ts'

test.each([
  ['npm:@supabase/supabase-js@2', '@supabase/supabase-js'],
  ['npm:@supabase/supabase-js', '@supabase/supabase-js'],
  ['npm:/drizzle-orm@^0.30.0/postgres-js', 'drizzle-orm/postgres-js'],
  ['jsr:@supabase/supabase-js@2', '@supabase/supabase-js'],
  ['https://esm.sh/@supabase/supabase-js@2.45.3', '@supabase/supabase-js'],
  ['https://esm.sh/@supabase/supabase-js@2.45.3?target=deno&dts', '@supabase/supabase-js'],
  ['https://esm.sh/v135/@supabase/ssr@0.5.1/', '@supabase/ssr'],
  ['https://esm.sh/*postgres@3.4.4', 'postgres'],
  ['https://cdn.skypack.dev/@supabase/supabase-js?dts', '@supabase/supabase-js'],
  ['https://cdn.jsdelivr.net/npm/@supabase/supabase-js@2/+esm', '@supabase/supabase-js'],
  ['https://unpkg.com/@supabase/supabase-js@2', '@supabase/supabase-js'],
])('%s is %s', (specifier, expected) => {
  expect(packageSpecifier(specifier)).toBe(expected)
})

test.each([
  '@supabase/supabase-js',
  './npm',
  'next',
  'hono/jwt',
  'node:fs',
  'jose',
  'https://deno.land/std@0.168.0/http/server.ts',
  'https://example.com/@supabase/supabase-js@2',
])('%s stays as it is', (specifier) => {
  expect(packageSpecifier(specifier)).toBe(specifier)
})
