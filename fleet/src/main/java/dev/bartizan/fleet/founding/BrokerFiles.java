package dev.bartizan.fleet.founding;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.fleet.identity.CertificateAuthority;
import dev.bartizan.fleet.identity.Credentials;
import dev.bartizan.fleet.identity.FleetSettings;
import dev.bartizan.fleet.identity.NewFleet;
import dev.bartizan.fleet.identity.OperatorDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The broker's configuration (mosquitto 2): mutual TLS, and rights that follow from the
 * certificate. A client's name is the common name of its certificate; the authority gives devices
 * their own id there.
 */
final class BrokerFiles {
  private static final String CONFIGURATION = "broker/mosquitto.conf";
  private static final String RIGHTS = "broker/acl";

  private final OperatorDirectory directory;

  BrokerFiles(OperatorDirectory directory) {
    this.directory = directory;
  }

  void write(FleetSettings settings) throws IOException {
    directory.write(CONFIGURATION, utf8(configuration(settings)));
    directory.write(RIGHTS, utf8(rights()));
  }

  private String configuration(FleetSettings settings) throws IOException {
    return String.format(
        Locale.ROOT,
        """
    # Run it as it is: mosquitto -c %1$s
    # The key is its owner's alone, so that is who mosquitto becomes when root starts it.
    user %8$s
    per_listener_settings false

    listener %2$s
    cafile %3$s
    certfile %4$s
    keyfile %5$s

    # Nobody speaks without a certificate of the fleet's authority; its common name is who speaks.
    require_certificate true
    use_identity_as_username true
    allow_anonymous false
    acl_file %6$s

    # Commands wait for devices that are away, also while the broker restarts.
    persistence true
    persistence_location %7$s/
    persistent_client_expiration 30d
    max_queued_messages 1000
    """,
        directory.path(CONFIGURATION),
        port(settings.broker()),
        directory.path(CertificateAuthority.NAME + ".pem"),
        directory.path(Credentials.BROKER + ".pem"),
        directory.path(Credentials.BROKER + ".key"),
        directory.path(RIGHTS),
        directory.path("broker"),
        owner(directory.path(Credentials.BROKER + ".key")));
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

    user %s
    topic readwrite bartizan/#
    """,
        NewFleet.OPERATOR);
  }

  private static String port(String broker) {
    return broker.substring(broker.lastIndexOf(':') + 1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
