// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.verify;

import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Devices that are looked up, and nothing else: what storing costs is measured by itself. */
final class MemoryRegistry {
  private final Map<Ueid, Device> devices = new HashMap<>();

  void add(Device device) {
    devices.put(device.ueid(), device);
  }

  /** As the verifier asks it. */
  DeviceRegistry asRegistry() {
    return (DeviceRegistry)
        Proxy.newProxyInstance(
            DeviceRegistry.class.getClassLoader(),
            new Class<?>[] {DeviceRegistry.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("find")) {
                throw new UnsupportedOperationException(method.getName());
              }
              return Optional.ofNullable(devices.get((Ueid) arguments[0]));
            });
  }
}
