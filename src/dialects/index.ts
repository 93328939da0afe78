import { convex } from './convex/index.ts'
import type { Dialect } from './dialect.ts'
import { drizzle } from './drizzle/index.ts'
import { prisma } from './prisma/index.ts'
import { sql } from './sql/index.ts'
import { supabase } from './supabase/index.ts'

/** The data libraries that the program knows; adding one is a folder and a line here. */
export const dialects: readonly Dialect[] = [supabase, prisma, drizzle, convex, sql]
