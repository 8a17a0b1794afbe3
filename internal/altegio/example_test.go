// SPDX-License-Identifier: MPL-2.0

package altegio_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func ExampleClient_SetChannel() {
	server := altegiotest.NewServer()
	defer server.Close()
	client, err := altegio.New(altegiotest.DefaultPartnerToken,
		altegio.WithAPIURL(server.APIURL()), altegio.WithAppURL(server.AppURL()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.CloseIdleConnections()

	ctx := context.Background()
	err = client.SetChannel(ctx, altegio.Channel{
		LocationID: 1001, ApplicationID: 456, Slug: altegio.ChannelWhatsApp, IsAvailable: true,
	})
	fmt.Println("set:", err)

	installation, err := client.Installation(ctx, 1001, 456)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("status:", installation.Status)

	server.Uninstall(1001, 456)
	_, err = client.Installation(ctx, 1001, 456)
	fmt.Println("gone:", errors.Is(err, altegio.ErrNotInstalled))

	// Output:
	// set: <nil>
	// status: active
	// gone: true
}
