// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.init;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.command.BrokerControl;
import dev.bartizan.fleet.command.LocalBroker;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.credential.RevocationList;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The broker's configuration (mosquitto 2): mutual TLS, and rights that follow from the
 * certificate. A client's name is the common name of its certificate; the authority gives devices
 * their own id there.
 */
final class BrokerFiles {
  private static final String CONFIGURATION = "broker/mosquitto.conf";
  private static final String RIGHTS = "broker/acl";
  private static final String OPERATORS = "broker/operators.pem";
  private static final String SESSIONS = "broker/dynamic-security.json";
  private static final int MAX_CERTIFICATE = 64 * 1024;

  /** What a device may send: as long as what an outbox takes, and a topic. */
  private static final int MAX_MESSAGE = 8 << 20;

  private static final int MAX_PACKET = MAX_MESSAGE + 64 * 1024;

  private final SharedDirectory directory;

  BrokerFiles(SharedDirectory directory) {
    this.directory = directory;
  }

  /**
   * Writes them.
   *
   * @throws IllegalArgumentException when devices and operators would share a port
   */
  void write(FleetSettings settings) throws IOException {
    if (port(settings.broker()).equals(port(settings.operators()))) {
      throw new IllegalArgumentException("the operators' port at the broker is the devices'");
    }
    directory.write(OPERATORS, directory.read(Credentials.OPERATOR + ".pem", MAX_CERTIFICATE));
    // The plug-in only ends sessions here: rights are the access list's.
    directory.writePrivate(SESSIONS, utf8("{\"defaultACLAccess\":{}}\n"));
    directory.write(CONFIGURATION, utf8(configuration(settings)));
    directory.write(RIGHTS, utf8(rights()));
  }

  private String configuration(FleetSettings settings) throws IOException {
    String general =
        String.format(
            Locale.ROOT,
            """
            # Run it as it is: mosquitto -c %1$s
            # The key is its owner's alone, so that is who mosquitto becomes when root starts it.
            user %2$s
            pid_file %3$s
            per_listener_settings false
            allow_anonymous false
            acl_file %4$s

            # Ends the open session of a device that is revoked; rights are the access list's above.
            plugin %5$s
            plugin_opt_config_file %6$s

            # Commands wait for devices that are away, also while the broker restarts.
            persistence true
            persistence_location %7$s/
            persistent_client_expiration 30d
            max_queued_messages 1000

            # Nobody needs more; what is longer ends the connection before there is room for it.
            message_size_limit %8$d
            max_packet_size %9$d
            # What is kept for those who come later would outlive its sender's certificate.
            retain_available false
            """,
            directory.path(CONFIGURATION),
            owner(directory.path(Credentials.BROKER + ".key")),
            directory.path(LocalBroker.PID_FILE),
            directory.path(RIGHTS),
            plugin(),
            directory.path(SESSIONS),
            directory.path("broker"),
            MAX_MESSAGE,
            MAX_PACKET);
    return general
        + """

        # Devices. A client is who its certificate says, and its id is that name too: whatever id it
        # asks for, it can end or take over no session but its own.
        """
        + listener(settings.broker(), directory.path(CertificateAuthority.NAME + ".pem"))
        + "crlfile "
        + directory.path(RevocationList.FILE)
        + """

        use_username_as_clientid true

        # Operators, several at a time: each certificate that is believed here is in this file.
        """
        + listener(settings.operators(), directory.path(OPERATORS));
  }

  private String listener(String address, Path believed) {
    return String.format(
        Locale.ROOT,
        """
        listener %s
        cafile %s
        certfile %s
        keyfile %s
        require_certificate true
        use_identity_as_username true
        """,
        port(address),
        believed,
        directory.path(Credentials.BROKER + ".pem"),
        directory.path(Credentials.BROKER + ".key"));
  }

  /** As Debian and Ubuntu have it, on this machine's kind of processor. */
  @TouchesTheWorld("looks where the plug-in is")
  private static Path plugin() throws IOException {
    String name = "mosquitto_dynamic_security.so";
    for (Path folder : List.of(Path.of("/usr/lib"), Path.of("/usr/local/lib"))) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (Stream<Path> triplets = Files.list(folder)) {
        Optional<Path> found =
            triplets.map(triplet -> triplet.resolve(name)).filter(Files::exists).findFirst();
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    return Path.of("/usr/lib/x86_64-linux-gnu", name);
  }

  @TouchesTheWorld("the operator's directory")
  private static String owner(Path file) throws IOException {
    return Files.getOwner(file).getName();
  }

  private static String rights() {
    return String.format(
        Locale.ROOT,
        """
        # A device hears its own commands and those of groups, and speaks as itself only. Which groups
        # it belongs to it knows itself: commands are signed, not secret.
        pattern read bartizan/%%u/command
        pattern read bartizan/group/+/command
        pattern write bartizan/%%u/telemetry
        pattern write bartizan/%%u/event
        pattern write bartizan/%%u/response

        user %1$s
        topic readwrite bartizan/#
        topic write %2$s
        topic read %2$s/response
        """,
        NewFleet.OPERATOR,
        BrokerControl.TOPIC);
  }

  private static String port(String broker) {
    return broker.substring(broker.lastIndexOf(':') + 1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
