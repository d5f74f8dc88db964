import { expect, test } from "vitest";
import { linuxGateways, macGateways } from "./gateways.ts";

const ROUTES = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0100A8C0	0003	0	0	100	00000000	0	0	0
eth0	0000A8C0	00000000	0001	0	0	100	00FFFFFF	0	0	0
tun0	00000000	00000000	0001	0	0	50	00000000	0	0	0
wlan0	00000000	0100000A	0003	0	0	600	00000000	0	0	0
`;

test("the router of an interface and its hardware address are read as Linux lists them", () => {
  const arp = `IP address       HW type     Flags       HW address            Mask     Device
192.168.0.1      0x1         0x2         AA:bb:cc:dd:ee:01     *        eth0
10.0.0.1         0x1         0x0         00:00:00:00:00:00     *        wlan0
192.168.0.1      0x1         0x2         aa:bb:cc:dd:ee:99     *        eth1
`;
  expect(Object.fromEntries(linuxGateways(ROUTES, arp))).toEqual({
    eth0: { address: "192.168.0.1", mac: "aa:bb:cc:dd:ee:01" },
    // It has not answered, so that it may be any router.
    wlan0: { address: "10.0.0.1", mac: undefined },
  });
  expect(linuxGateways("", "").size).toBe(0);
});

test("the same is read from a Mac's netstat and arp", () => {
  const routes = `Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
default            192.168.1.1        UGScg                 en0
default            link#22            UCSIg           bridge100      !
default            10.0.0.1           UGScIg                en7
127                127.0.0.1          UCS                   lo0
`;
  const arp = `? (192.168.1.1) at 8:9:a:b:c:d on en0 ifscope [ethernet]
? (10.0.0.1) at (incomplete) on en7 ifscope [ethernet]
`;
  expect(Object.fromEntries(macGateways(routes, arp))).toEqual({
    en0: { address: "192.168.1.1", mac: "08:09:0a:0b:0c:0d" },
    en7: { address: "10.0.0.1", mac: undefined },
  });
});
