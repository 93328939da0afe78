import { mutationGeneric, queryGeneric } from 'convex/server'
import { v } from 'convex/values'

/** Who owns an account, and who asks. */
export const owner = queryGeneric({
  args: { number: v.number() },
  handler: async (ctx, { number }) => {
    const account = await ctx.db
      .query('accounts')
      .filter((q) => q.eq(q.field('number'), number))
      .first()
    const identity = await ctx.auth.getUserIdentity()
    return { owner: account?.owner ?? 'nobody', asking: identity?.subject ?? null }
  },
})

export const add = mutationGeneric({
  args: { number: v.number(), owner: v.string() },
  handler: async (ctx, account) => {
    const identity = await ctx.auth.getUserIdentity()
    await ctx.db.insert('accounts', account)
    return identity?.subject ?? null
  },
})
