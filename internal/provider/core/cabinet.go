// SPDX-License-Identifier: MPL-2.0

package core

// ApplicationsTask is the task of listing the applications of a developer account.
func ApplicationsTask(account int64) Task {
	t := CabinetTask("Cannot list the applications of the account", Argument{"partner_id", account})
	t.NotFound = Refusal{
		Cause:  "there is no such developer account",
		Advice: "Check partner_id: there is no such developer account. The data source altegio_developer_accounts lists them.",
	}
	return t
}

// CabinetTask is a task in a developer account. Every change there is safe to repeat.
func CabinetTask(summary string, arguments ...Argument) Task {
	return Task{
		Summary:   summary,
		Arguments: arguments,
		Unauthorized: "Check partner_token and user_token in the provider block, or " + EnvPartnerToken + " and " + EnvUserToken +
			": the API does not accept them. The user needs access to the Developer Cabinet.",
		Forbidden: Refusal{
			Cause: "the user has no access to the developer account",
			Advice: "The user that user_token belongs to needs access to the developer account. The data source " +
				"altegio_developer_accounts lists the accounts of the user.",
		},
		NotFound: Refusal{
			Cause: "the account has no such application",
			Advice: "Check that the developer account exists and has the application: the data sources " +
				"altegio_developer_accounts and altegio_applications list both.",
		},
		Repeatable: true,
	}
}
