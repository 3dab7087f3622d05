// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.mqtt;

import dev.bartizan.agent.mqtt.Message.Channel;
import dev.bartizan.crypto.keystore.Ueid;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The topics of one device on a plain broker (docs/wire-formats.md, "Topics"). The broker's access
 * list follows from the certificate: a device can only speak as itself.
 *
 * @param device the name in the device's certificate
 * @param groups whose commands it hears
 */
record Topics(Ueid device, Set<String> groups) {
  private static final String ROOT = "bartizan/";

  /** Where commands for this device arrive. */
  List<String> commands() {
    return Stream.concat(
            Stream.of(ROOT + device.text() + "/command"),
            groups.stream().sorted().map(group -> ROOT + "group/" + group + "/command"))
        .toList();
  }

  String of(Channel channel) {
    return ROOT + device.text() + "/" + channel.topic();
  }
}
