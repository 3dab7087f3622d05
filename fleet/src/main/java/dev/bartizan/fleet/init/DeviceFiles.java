// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.init;

import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;

/** What goes into {@code /etc/bartizan} of each device: nothing secret, nothing of one device. */
final class DeviceFiles {
  private final SharedDirectory directory;

  DeviceFiles(SharedDirectory directory) {
    this.directory = directory;
  }

  /**
   * @param root the first root of trust
   */
  void write(FleetPlan plan, byte[] root, X509Certificate authority) throws IOException {
    directory.write("device/root.json", root);
    directory.write("device/fleet-ca.pem", utf8(Pem.ofCertificates(List.of(authority))));
    directory.write("device/agent.toml", utf8(configuration(plan)));
  }

  private static String configuration(FleetPlan plan) {
    return String.format(
        Locale.ROOT,
        """
    # Copy this file, root.json and fleet-ca.pem to /etc/bartizan on every device.

    [device]
    profile = "default"  # whose reference values apply: release reference --profile default
    event_log = "/run/bartizan-boot/eventlog"  # bartizan-eventlog.service copies both there at boot
    userspace_log = "/run/bartizan-boot/userspace-log"

    [keystore]
    # What is compared and quoted, and what the keys are bound to, is by default all that says which
    # code this boot ran: boot_pcrs and bound_pcrs in docs/operations.md, which are better left out.
    tpm = "/dev/tpmrm0"

    [repository]
    url = "%s"
    trust_root = "/etc/bartizan/root.json"
    check_every_seconds = 3600

    [fleet]
    trust_anchors = "/etc/bartizan/fleet-ca.pem"
    broker = "%s"
    server = "https://%s:8443"  # enrolled there, and renewed: bartizan-fleet serve --listen
    groups = []
    """,
        plan.settings().repository(),
        plan.settings().broker(),
        FleetPlan.inUrl(plan.hosts().get(0)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
