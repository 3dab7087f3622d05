// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.init;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Pkcs11AgreementKey;
import dev.bartizan.fleet.trust.RepositoryClient;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.updater.disk.AlreadyInitialised;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Founds a fleet in an empty directory. */
public final class FleetInit {
  /** Any of these is a sign that somebody was here before. */
  private static final List<String> TRACES =
      List.of(
          "fleet.json",
          "ca/ca.key",
          "keys/command.key",
          "key-broker/key-broker.key",
          "key-broker/token.json");

  private final SharedDirectory directory;
  private final Clock clock;
  private final SecureRandom random;

  public FleetInit(SharedDirectory directory, Clock clock, SecureRandom random) {
    this.directory = directory;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Makes all keys, certificates and files of {@code plan}.
   *
   * @param root of the author's repository
   * @return what the author must know of this fleet
   * @throws AlreadyInitialised when the directory holds a fleet, or part of one
   * @throws Refusal when {@code root} is none, or the token does not take a key
   */
  public FleetKeys found(FleetPlan plan, byte[] root) throws IOException, Refusal {
    directory.requireNone(TRACES, "a fleet");
    Optional<Pkcs11AgreementKey> inToken = plan.brokerToken().map(it -> it.key(random));
    if (inToken.isPresent()) {
      inToken.get().requireNone(); // A token that is not ready leaves nothing founded.
    }
    RepositoryClient.pin(directory, root);
    FleetKeys keys = makeKeys(plan, inToken);
    new BrokerFiles(directory).write(plan.settings());
    new DeviceFiles(directory).write(plan, root, keys.authority());
    writeNote();
    return keys;
  }

  private FleetKeys makeKeys(FleetPlan plan, Optional<Pkcs11AgreementKey> inToken)
      throws IOException, Refusal {
    return inToken.isPresent() && plan.brokerToken().isPresent()
        ? NewFleet.found(directory, plan, plan.brokerToken().get(), inToken.get(), clock, random)
        : NewFleet.found(directory, plan.settings(), plan.hosts(), clock, random);
  }

  private void writeNote() throws IOException {
    String note =
        """
        Put the root and intermediate certificates of your devices' TPM makers here, as *.pem.
        Without them no device can enrol: its endorsement certificate must lead to one of them.

        Each maker is believed for one kind of endorsement key, or a chip would be two devices:
          *.pem here      P-256
          rsa-2048/*.pem  RSA with 2048 bits (swtpm's default)
          p-384/*.pem     P-384
          rsa-3072/*.pem  RSA with 3072 bits
        A maker's RSA and ECC authorities count as one maker: put only those of one kind here.
        """;
    directory.write("ek-roots/README", note.getBytes(StandardCharsets.US_ASCII));
  }
}
