/** Auth's canonical answer about a user in a company. */
export const answerOf = (userId: string, companyId: string) => ({
  success: true,
  data: {
    userId,
    companyId,
    tenantRole: 'ADMIN',
    modules: ['finance'],
    permissions: ['finance.expense.view'],
    delegation: {
      canManageUsers: true,
      canBuyAddons: false,
      grantableModules: ['finance'],
      grantablePermissions: ['finance.expense.view'],
    },
    meta: {
      tokenVersion: 1,
      accessVersion: 5,
      entitlementVersion: 3,
      generatedAt: '2027-01-01T00:00:00.000Z',
    },
  },
});
