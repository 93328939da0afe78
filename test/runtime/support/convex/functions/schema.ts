import { defineSchema, defineTable } from 'convex/server'
import { v } from 'convex/values'

export default defineSchema({
  accounts: defineTable({ number: v.number(), owner: v.string() }).index('by_number', ['number']),
})
