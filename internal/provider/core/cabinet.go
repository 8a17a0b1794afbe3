// SPDX-License-Identifier: MPL-2.0

package core

// AccountTask is a task in a developer account. Every change there is safe to repeat.
func AccountTask(summary string, arguments ...Argument) Task {
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
			Cause:  "there is no such developer account",
			Advice: "Check partner_id: there is no such developer account. The data source altegio_developer_accounts lists them.",
		},
		Repeatable: true,
	}
}
