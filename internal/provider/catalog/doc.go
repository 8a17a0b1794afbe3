// SPDX-License-Identifier: MPL-2.0

// Package catalog is about the API's dictionaries: countries, cities and business groups.
package catalog
