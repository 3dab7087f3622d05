// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.mqtt;

import dev.bartizan.crypto.keystore.Ueid;
import java.net.URI;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * Where the broker is, and who this device is there.
 *
 * @param broker {@code ssl://HOST:PORT}
 * @param tls presents the device's certificate and trusts the fleet's
 * @param groups whose commands this device hears
 */
public record BrokerAddress(URI broker, SSLContext tls, Ueid device, Set<String> groups) {
  /** What it listens on and writes to. */
  Topics topics() {
    return new Topics(device, groups);
  }
}
